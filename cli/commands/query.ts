import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { ResultColumn } from '../../aws/query.ts';
import { action, type Session } from '../context.ts';
import { UsageError } from '../exit.ts';
import { formatBytes, formatCount, formatDuration, plainCell } from '../format.ts';
import { showPaged } from '../query/pager.ts';
import { parseParameters } from '../query/parameters.ts';
import { resultColumns, rowJson } from '../query/result.ts';
import { type Answered, runQuery } from '../query/run-query.ts';
import { createTerminal } from '../terminal.ts';

interface Options {
  file?: string;
  param: string[];
  limit: number;
}

export function query(program: Command): void {
  program
    .command('query')
    .description('ask the lake in SQL; {silver}, {gold}, {staging} and {ops} stand for the databases of the stage')
    .argument('[sql]', 'one statement; tables without a database are those of gold')
    .option('-f, --file <file>', 'read the statement from a file (`-`: standard input)')
    .option('-p, --param <name[:type]=value>', 'value of :name in the statement; repeatable', collect, [])
    .option('-n, --limit <rows>', 'rows to show in a table on a terminal; 0 for all', wholeNumber, 1_000)
    .action(
      action<[string | undefined], Options>(async (session, options, sql) => {
        const statement = readStatement(sql, options.file);
        const parameters = parseParameters(options.param);
        const answered = await runQuery(session, statement, parameters);
        const rows = await show(session, answered, options.limit);
        const { bytesScanned, milliseconds } = answered.state;
        session.terminal.note(
          `${formatCount(rows)} ${rows === 1 ? 'row' : 'rows'}, ${formatBytes(bytesScanned)} scanned, ${formatDuration(milliseconds)}`,
        );
      }),
    );
}

function readStatement(sql: string | undefined, file: string | undefined): string {
  if ((sql === undefined) === (file === undefined)) throw new UsageError('give either a statement or --file');
  if (sql !== undefined) return sql;
  try {
    return readFileSync(file === '-' ? 0 : file!, 'utf8');
  } catch (error) {
    throw new UsageError(`can't read ${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** Prints the result and returns how many rows were printed. Outside a terminal it is written as it comes. */
async function show({ terminal }: Session, answered: Answered, limit: number): Promise<number> {
  if (terminal.mode === 'table') return showTable(answered, limit, terminal.note);
  let count = 0;
  let columns: ResultColumn[] | undefined;
  if (terminal.mode === 'json') process.stdout.write('[');
  for await (const page of answered.pages) {
    if (terminal.mode === 'plain' && columns === undefined && page.columns.length > 0) {
      terminal.out(page.columns.map((column) => plainCell(column.name)).join('\t'));
    }
    columns = page.columns;
    for (const row of page.rows) {
      if (terminal.mode === 'plain') terminal.out(row.map(plainCell).join('\t'));
      else process.stdout.write(`${count === 0 ? '' : ','}\n  ${JSON.stringify(rowJson(columns, row))}`);
      count += 1;
    }
  }
  if (terminal.mode === 'json') process.stdout.write(count === 0 ? ']\n' : '\n]\n');
  return count;
}

async function showTable(answered: Answered, limit: number, note: (line: string) => void): Promise<number> {
  const rows: (string | null)[][] = [];
  let columns: ResultColumn[] = [];
  let more = false;
  for await (const page of answered.pages) {
    columns = page.columns;
    rows.push(...page.rows);
    more = limit > 0 && rows.length > limit;
    if (more) break;
  }
  const shown = more ? rows.slice(0, limit) : rows;
  if (columns.length > 0) {
    let text = '';
    const sink = {
      ...process.stdout,
      isTTY: true,
      columns: process.stdout.columns,
      write: (part: string) => {
        text += part;
        return true;
      },
    };
    createTerminal({ stdout: sink as never, stderr: process.stderr }, false).table(resultColumns(columns), shown);
    showPaged(text, process.stdout);
  }
  if (more) note(`only the first ${formatCount(limit)} rows are shown; --limit 0 shows all`);
  return shown.length;
}

const collect = (value: string, previous: string[]): string[] => [...previous, value];

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`--limit takes a whole number, not "${text}"`);
  return Number(text);
}
