import type { Command } from 'commander';
import { action, positiveInteger } from '../context.ts';
import { UsageError } from '../exit.ts';
import { openSource } from '../validate/source.ts';
import { inWorkFolder } from '../validate/work-folder.ts';

interface Options {
  dataset?: string;
  out?: string;
  sample: number;
}

export function infer(program: Command): void {
  program
    .command('infer')
    .description('draft a contract from sample files, on this machine, without any cloud')
    .argument('<files...>', 'files of one dataset; - for standard input')
    .option('-d, --dataset <name>', 'name of the dataset (default: told by the file name)')
    .option('-o, --out <file>', 'write the draft there, <dataset>.odcs.yaml or a folder (default: standard output)')
    .option('--sample <rows>', 'rows of each file that are looked at, in its first 64 MB', positiveInteger, 100_000)
    .action(
      action<[string[]], Options>(async (session, options, paths) => {
        if (paths.filter((path) => path === '-').length > 1) throw new UsageError('standard input can be read once');
        const sources = paths.map((path) => openSource(path, session.clock.now()));
        // Loaded here alone: it brings DuckDB's native module.
        const { chooseDataset, draftContract, outputFile } = await import('../infer/draft.ts');
        const dataset = chooseDataset(paths, options.dataset);
        const out = options.out === undefined ? undefined : outputFile(options.out, dataset);
        const inferred = await inWorkFolder((workDir) =>
          draftContract({ paths, sources, dataset, rows: options.sample, workDir }),
        );
        const { showDraft } = await import('../infer/show.ts');
        await showDraft(session.terminal, inferred, out);
      }),
    );
}
