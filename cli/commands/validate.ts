import { type Command, InvalidArgumentError } from 'commander';
import { action } from '../context.ts';
import { FailedError } from '../exit.ts';
import { chooseContract } from '../validate/contract.ts';
import { showProgress } from '../validate/progress.ts';
import { report } from '../validate/report.ts';
import { openSource } from '../validate/source.ts';
import { inWorkFolder } from '../validate/work-folder.ts';

interface Options {
  dataset?: string;
  contract?: string;
  out?: string;
  rows: number;
}

export function validate(program: Command): void {
  program
    .command('validate')
    .description('check a file on this machine as the pipeline would, without any cloud')
    .argument('<file>', 'file to check; - for standard input')
    .option('-d, --dataset <name>', 'dataset it belongs to: a contract in schemas/ (default: told by the file name)')
    .option('-c, --contract <file>', 'a contract that is not in schemas/ yet, <name>.odcs.yaml')
    .option('-o, --out <folder>', 'write accepted and rejected rows and the profile there')
    .option('-n, --rows <number>', 'how many rejected rows to show', rowCount, 10)
    .action(
      action<[string], Options>(async (session, options, path) => {
        const { terminal } = session;
        const source = openSource(path, session.clock.now());
        const dataset = chooseContract(path, options);
        // Loaded here alone: it brings DuckDB's native module, which no other command needs.
        const { checkFile, checkOut } = await import('../validate/check.ts');
        const { out, rows } = options;
        if (out !== undefined) checkOut(path, out);
        const checked = await inWorkFolder((workFolder) => {
          const progress = showProgress(terminal, source.name, source.size);
          return checkFile({ source, dataset, rows, out, workFolder, progress });
        });
        report(terminal, checked);
        if (checked.refusal !== undefined) throw new FailedError(`${source.name} would be refused`);
      }),
    );
}

function rowCount(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('a whole number from 0 to 999999 is needed');
  return Number(text);
}
