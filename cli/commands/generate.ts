import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { readDatasets } from '../../aws/project-files.ts';
import { type FilesOptions, type GeneratedFile, generateFiles } from '../../core/generate/files.ts';
import { action, positiveInteger, type Session, spanOption } from '../context.ts';
import { follow, upload } from '../drop/drop.ts';
import { checkDataset, filesToDrop } from '../drop/files.ts';
import { reportFiles } from '../drop/report.ts';
import { FailedError, UsageError } from '../exit.ts';
import { filesOptions, generatorOf, instant, type Options, rowCount, share } from '../generate/options.ts';
import { generatedJson, reportGenerated, surprises } from '../generate/report.ts';
import { inWorkFolder } from '../validate/work-folder.ts';

interface CommandOptions extends Options {
  out?: string;
  drop?: true;
  timeout: number;
}

const DEFAULT_OUT = 'generated';

export function generate(program: Command): void {
  const list = (text: string, before: string[]) => [...before, ...text.split(',')];
  program
    .command('generate')
    .description('make up files of a dataset, the same for the same seed, with dirt of every kind if wanted')
    .argument('<dataset>', 'dataset: customers, orders, bookings …')
    .option('-n, --rows <number>', 'sound rows of a file (default: what fits the dataset)', rowCount)
    .option('-f, --files <number>', 'how many files, each of one more day', positiveInteger, 1)
    .option('-s, --seed <text>', 'what all follows from', 'tributary')
    .option('--at <time>', 'time of the last file (default: the beginning of today, UTC)', instant)
    .option(
      '--dirty <share>',
      'rows that must be rejected, of all kinds: 0.03 or 3%; or kind=share,kind=share …',
      list,
      [],
    )
    .option('--late <share>', 'rows of what happened 2 to 30 days before the file', share, 0)
    .option('--duplicates <share>', 'rows that are sent again', share, 0)
    .option('--out-of-order <share>', 'older versions behind newer ones; files out of order, too', share, 0)
    .option('--orphans <share>', 'rows whose parent is not there yet', share, 0)
    .option('--parents <dataset=count>', 'how many rows the parents have (default: as generate makes them)', list, [])
    .addOption(
      new Option('--format <format>', 'csv or jsonl (default: what fits the dataset)').choices(['csv', 'jsonl']),
    )
    .option('-o, --out <folder>', `where to write them (default: ${DEFAULT_OUT}, unless they are dropped)`)
    .option('--drop', 'drop them into the landing bucket and wait for them')
    .addOption(spanOption('--timeout <span>', 'how long to wait, like 90s or 15m', '30m'))
    .action(
      action<[string], CommandOptions>(async (session, options, name) => {
        const datasets = readDatasets();
        checkDataset(name, Object.keys(datasets));
        const generator = generatorOf(name);
        const wanted = filesOptions(name, datasets[name]!, options, session.clock.now());
        const files = generateFiles(generator, datasets[name]!, wanted);
        if (!options.drop) {
          const paths = await write(files, options.out ?? DEFAULT_OUT);
          if (session.terminal.mode === 'json') {
            return session.terminal.json(generatedJson(name, wanted, files, (_, index) => ({ path: paths[index] })));
          }
          reportGenerated(session.terminal, files, datasets[name]!);
          session.terminal.note(`written to ${options.out ?? DEFAULT_OUT}; ${again(wanted)}`);
          return;
        }
        const land = (folder: string) => dropAll(session, name, folder, files, wanted, datasets[name]!, options);
        await (options.out === undefined ? inWorkFolder(land) : land(options.out));
      }),
    );
}

async function write(files: GeneratedFile[], folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`can not write to ${folder}: ${error.code ?? error.message}`);
  });
  const paths = files.map(({ name }) => join(folder, name));
  for (const [index, { text }] of files.entries()) await writeFile(paths[index]!, text);
  return paths;
}

/** Drops the files and holds what became of them against what must. */
async function dropAll(
  { terminal, ...session }: Session,
  name: string,
  folder: string,
  files: GeneratedFile[],
  wanted: FilesOptions,
  dataset: { maxRejectPercent: number },
  { stage, timeout }: { stage: string; timeout: number },
): Promise<void> {
  const { databases } = await session.stack();
  const isJson = terminal.mode === 'json';
  if (!isJson) {
    reportGenerated(terminal, files, dataset);
    terminal.note(again(wanted));
  }
  const paths = await write(files, folder);
  const dropped = await upload({ terminal, ...session }, filesToDrop(paths, name, undefined));
  const results = await follow({ terminal, ...session }, dropped, timeout);
  if (isJson) {
    const outcome = (_: GeneratedFile, index: number) => {
      const { key, fileId, outcome, counts = null, error = null } = results[index]!;
      return { key, file_id: fileId, outcome, counts, error };
    };
    terminal.json(generatedJson(name, wanted, files, outcome));
  } else reportFiles(terminal, results, { silver: databases.silver, stage });
  const wrong = surprises(files, results);
  if (wrong.length > 0) throw new FailedError(wrong.join('\n'));
  if (!isJson) terminal.note('all counts are as planted');
}

/** What makes the same files on another day. */
const again = ({ seed, at }: FilesOptions): string =>
  `the same again: --seed ${JSON.stringify(seed)} --at ${at.toISOString().slice(0, 19)}Z`;
