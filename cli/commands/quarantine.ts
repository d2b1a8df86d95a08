import type { Command } from 'commander';
import { readDatasets } from '../../aws/project-files.ts';
import { action, positiveInteger } from '../context.ts';
import { checkDataset } from '../drop/files.ts';
import { UsageError } from '../exit.ts';
import { reasonText } from '../quarantine/reason.ts';
import { type RejectedRow, readRejectedRows } from '../quarantine/rows.ts';
import type { Terminal } from '../terminal.ts';

interface Options {
  file?: string;
  limit: number;
}

export function quarantine(program: Command): void {
  program
    .command('quarantine')
    .description('show the rejected rows of a dataset, each with its reasons')
    .argument('<dataset>', 'name of the dataset')
    .option('--file <id>', 'only those of one file (its id)')
    .option('-n, --limit <number>', 'how many rows', positiveInteger, 50)
    .action(
      action<[string], Options>(async (session, options, dataset) => {
        checkDataset(dataset, Object.keys(readDatasets()));
        if (options.file !== undefined && !/^[0-9a-f]{32}$/.test(options.file)) {
          throw new UsageError(`not a file id (32 hexadecimal digits): "${options.file}"`);
        }
        const { rows, total } = await readRejectedRows(session, dataset, options);
        if (session.terminal.mode === 'json') return session.terminal.json(rows);
        showRejectedRows(session.terminal, rows);
        if (rows.length === 0) session.terminal.note(`no rejected rows of ${dataset}`);
        else if (total > rows.length)
          session.terminal.note(`${rows.length} of ${total} rejected rows; --limit shows more`);
      }),
    );
}

export function showRejectedRows(terminal: Terminal, rows: RejectedRow[]): void {
  if (rows.length === 0 && terminal.mode === 'table') return;
  terminal.table(
    [
      { title: 'file id' },
      { title: 'line', align: 'right' },
      { title: 'reasons', width: 60 },
      { title: 'row', width: 60 },
    ],
    rows.map((row) => [
      terminal.mode === 'table' ? row.file_id.slice(0, 8) : row.file_id,
      row.line ?? row.record,
      row.reasons.map(reasonText).join(terminal.mode === 'table' ? '\n' : '; '),
      row.raw,
    ]),
  );
}
