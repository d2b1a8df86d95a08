import { DuckDBInstance } from '@duckdb/node-api';
import type { Column, Dataset } from '../../../../core/contract/dataset.ts';
import { ROW_RULE_OPTIMIZERS } from '../../../../core/validation/sql/expression.ts';
import { type Rule, rulesOf } from '../../../../core/validation/sql/rules.ts';
import { literal } from '../../../../core/validation/sql/text.ts';
import { typedRowsSql } from '../../../../core/validation/sql/typed.ts';
import { column, dataset as engineDataset } from '../../../engine/dataset.ts';

export { seed as SEED } from '../../../engine/seed.ts';
export { column };

/** A dataset of these columns, without a key. */
export const dataset = (columns: Column[], more: Partial<Dataset> = {}): Dataset =>
  engineDataset({ columns, key: [], history: 'append', drift: 'reject', ...more });

export async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(`SET disabled_optimizers = '${['filter_pushdown', ...ROW_RULE_OPTIMIZERS].join(',')}'`);
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

const textSql = (text: string | null | undefined) => (text == null || text === '' ? 'NULL::VARCHAR' : literal(text));

/** Rows of texts as the engine has them before they are typed: `_record` and `r0`, `r1` …. */
function rowsSql(rows: (string | null)[][], columns: number): string {
  const names = Array.from({ length: columns }, (_, index) => `r${index}`);
  const values = rows.map((row, record) => `(${[record, ...names.map((_, index) => textSql(row[index]))].join(', ')})`);
  return `SELECT * FROM (VALUES ${values.join(',\n')}) AS rows(_record, ${names.join(', ')})`;
}

/** The typed values of a column's texts, as texts; null for those that are none. Times are microseconds. */
export async function typed(column: Column, texts: string[]): Promise<(string | null)[]> {
  const of = dataset([column]);
  const rows = typedRowsSql(
    of,
    rowsSql(
      texts.map((text) => [text]),
      1,
    ),
  );
  const result = await query(`SELECT v0::VARCHAR AS v FROM (${rows}) ORDER BY _record`);
  return result.map(({ v }) => v as string | null);
}

/** For each row the rules that it breaks, as the rule's `column.rule`. */
export async function broken(of: Dataset, rows: (string | null)[][]): Promise<string[][]> {
  const found = await brokenRules(of, rows);
  return found.map((all) => all.map(({ column, rule }) => (column === '' ? rule : `${column}.${rule}`)));
}

export interface Broken extends Pick<Rule, 'column' | 'rule' | 'severity'> {
  value: string | null;
  message: string;
}

export async function brokenRules(of: Dataset, rows: (string | null)[][]): Promise<Broken[][]> {
  const rules = rulesOf(of);
  const columns = rules.flatMap(({ broken, sentence, text, found }, index) => [
    `coalesce(${broken}, false) AS b${index}`,
    `${text} AS t${index}_`,
    `${literal(sentence)} || ${found} AS m${index}`,
  ]);
  const typedRows = typedRowsSql(of, rowsSql(rows, of.columns.length));
  const result = await query(`SELECT ${['_record', ...columns].join(', ')} FROM (${typedRows}) ORDER BY _record`);
  return result.map((row) =>
    rules.flatMap(({ column, rule, severity }, index) =>
      row[`b${index}`]
        ? [{ column, rule, severity, value: row[`t${index}_`] as string | null, message: row[`m${index}`] as string }]
        : [],
    ),
  );
}

/** A generator of numbers below `below`, the same for the same seed (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Texts damaged at random: a character more, less or another. */
export function damaged(text: string, random: (below: number) => number, characters: string): string {
  const at = random(text.length + 1);
  const character = characters[random(characters.length)]!;
  return [
    text.slice(0, at) + character + text.slice(at),
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at) + character + text.slice(at + 1),
  ][random(3)]!;
}
