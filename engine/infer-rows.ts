import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../core/contract/dataset.ts';
import type { SampleRows } from '../core/discovery/draft.ts';
import { counted, type Evidence } from '../core/discovery/evidence.ts';
import { columnOf } from '../core/discovery/guess.ts';
import { addLeaves, type Leaves, personalLeaves } from '../core/discovery/nested.ts';
import { FileRejectedError } from '../core/errors.ts';
import { linesSql } from '../core/validation/sql/rows.ts';
import { list, literal, readParquet } from '../core/validation/sql/text.ts';
import { typedRowsSql } from '../core/validation/sql/typed.ts';
import { countRows, type DuckDb, PARQUET } from './duckdb.ts';
import { plainDataset } from './infer-probe.ts';
import type { Sample } from './infer-sample.ts';
import { type Input, textInput } from './input.ts';
import { parquetInput, readable } from './parquet-input.ts';
import { splitFile } from './split.ts';

/** Characters of a text that are looked at; no number and no time is longer. */
const LONGEST = 300;
const MAX_COLUMNS = 300;
const MAX_FIELD = 16 * 1024 * 1024;

export interface SampleTable extends SampleRows {
  files: { rows: number; damaged: number; isCut: boolean }[];
  leftOut: Sample['leftOut'];
}

/** Reads samples as the texts that they are, all into one table of the columns that any of them has. */
export async function sampleTable(db: DuckDb, samples: Sample[], rows: number, workDir: string): Promise<SampleTable> {
  const leftOut: Sample['leftOut'] = [];
  const files: SampleTable['files'] = [];
  const columns: { header: string; key: string; declared: Set<string | undefined>; files: Set<number> }[] = [];
  const queries: string[] = [];
  for (const [index, sample] of samples.entries()) {
    const folder = join(workDir, `read-${index}`);
    await mkdir(folder, { recursive: true });
    const { input, headers, types, isCut } = await open(db, sample, rows, folder, leftOut);
    files.push({ rows: input.records, damaged: input.damaged, isCut });
    const places = headers.map((header, place) => {
      const key = header.toLowerCase();
      let at = columns.findIndex((column) => column.key === key);
      if (at < 0) at = columns.push({ header, key, declared: new Set(), files: new Set() }) - 1;
      columns[at]!.declared.add(types?.[place]);
      columns[at]!.files.add(index);
      return at;
    });
    const names = input.dataset.columns.map(({ name }) => name);
    const texts = places.map((at, place) => `_text${place} AS c${at}`);
    queries.push(`SELECT ${index} AS file, ${list(texts)} FROM (${linesSql(input.dataset, input.staged, names)})`);
  }
  checkWidth(columns.length);
  await db.run(`CREATE TEMP TABLE sample AS ${queries.join(' UNION ALL BY NAME ')}`);
  await db.run(`CREATE TEMP TABLE different AS SELECT DISTINCT ${list(columns.map((_, at) => `c${at}`))} FROM sample`);
  return {
    headers: columns.map(({ header }) => header),
    async evidence(at) {
      const { header, declared, files: having } = columns[at]!;
      const [counts] = await db.rows<{ n: number; missing: number }>(
        `SELECT count(*)::DOUBLE AS n, (count(*) - count(c${at}))::DOUBLE AS missing FROM sample WHERE file IN (${list([...having].map(String))})`,
      );
      const values = await db.rows<{ value: string; n: number }>(
        `SELECT left(c${at}, ${LONGEST}) AS "value", count(*)::DOUBLE AS n FROM sample WHERE c${at} IS NOT NULL GROUP BY 1 ORDER BY 1`,
      );
      return {
        header,
        rows: counts!.n,
        missing: counts!.missing,
        absentFrom: samples.length - having.size,
        values: new Map(values.map(({ value, n }) => [value, n])),
        declared: declared.size === 1 ? [...declared][0] : undefined,
      } satisfies Evidence;
    },
    files,
    leftOut,
    rows: await countRows(db, 'different'),
    distinct: (places) => countRows(db, `(SELECT DISTINCT ${list(places.map((at) => `c${at}`))} FROM different)`),
    async periods(at, guess, transform) {
      const reading: Dataset = { ...plainDataset([], {}), columns: [columnOf(guess)] };
      const typed = typedRowsSql(reading, `SELECT c${at} AS r0 FROM different`);
      const time = guess.type.kind === 'timestamp' ? 'make_timestamp(v0)' : 'v0';
      return countRows(db, `(SELECT DISTINCT date_trunc(${literal(transform)}, ${time}) FROM (${typed}))`);
    },
  };
}

function checkWidth(columns: number): void {
  if (columns <= MAX_COLUMNS) return;
  throw new FileRejectedError(`it has ${columns} columns; a contract has at most ${MAX_COLUMNS}.`);
}

async function open(
  db: DuckDb,
  sample: Sample,
  rows: number,
  folder: string,
  leftOut: Sample['leftOut'],
): Promise<{ input: Input; headers: string[]; types?: (string | undefined)[]; isCut: boolean }> {
  try {
    if (sample.format === 'parquet') return await openParquet(db, sample, rows, folder, leftOut);
    checkWidth(sample.headers.length);
    const dataset = plainDataset(sample.headers, sample.file);
    const split = await splitFile(
      createReadStream(sample.path),
      { ...dataset, file: { ...sample.file, encoding: 'utf-8' } },
      folder,
    );
    if (split.format === 'parquet') throw new FileRejectedError('its beginning is text, and its rest is not.');
    const input = textInput(db, dataset, split, folder);
    if (input.damaged > input.records / 2) throw new FileRejectedError(await damageOf(db, input));
    return { input, headers: sample.headers, types: sample.types, isCut: sample.isCut };
  } catch (error) {
    if (error instanceof FileRejectedError) error.message = `${sample.name}: ${error.message}`;
    throw error;
  }
}

/** Of a file of which no contract can be drafted, since more than half of its records are no rows, what they are instead. */
async function damageOf(db: DuckDb, { damaged, records, damagedSql }: Input): Promise<string> {
  const rules = await db.rows<{ rule: string; n: number }>(
    `SELECT reasons[1].rule AS rule, count(*)::DOUBLE AS n FROM (${damagedSql!}) GROUP BY 1 ORDER BY 2 DESC, 1`,
  );
  const told = rules.map(({ rule, n }) => `${n.toLocaleString('en-US')} ${rule}`).join(', ');
  return `${damaged.toLocaleString('en-US')} of ${counted(records, 'record')} are damaged (${told}), and of these nothing can be told. Does the file begin with lines that are not of the table, such as a title or a remark? Remove them.`;
}

/** The first rows of a Parquet file, in a file of their own; what is nested can be no column. */
async function openParquet(db: DuckDb, sample: Sample, rows: number, folder: string, leftOut: Sample['leftOut']) {
  const path = join(folder, 'sample.parquet');
  const from = readParquet(sample.path);
  const columns = await readable('parquet', async () => {
    await db.run(`COPY (SELECT * FROM ${from} LIMIT ${rows}) TO ${literal(path)} ${PARQUET}`);
    return db.rows<{ column_name: string; column_type: string }>(`DESCRIBE SELECT * FROM ${from}`);
  });
  const isCut = (await countRows(db, from)) > rows;
  sample.path = path;
  const nested = columns.filter(({ column_type: type }) => /\]$|^(?:STRUCT|MAP|UNION)\b/.test(type));
  for (const { column_name: name, column_type: type } of nested) {
    const because = `it holds nested values (${type}), which stay as JSON in meta_rescued`;
    leftOut.push({ name, because, personal: personalLeaves(await leavesOf(db, path, name)) });
  }
  const plain = columns.filter((column) => {
    const { column_name: name } = column;
    if (nested.includes(column)) return false;
    if (name !== name.trim() || name === '') leftOut.push({ name, because: 'no alias can be written like its name' });
    else return true;
    return false;
  });
  const headers = plain.map(({ column_name }) => column_name);
  const input = await parquetInput(db, plainDataset(headers, {}), path, folder, MAX_FIELD);
  return { input, headers, types: plain.map(({ column_type }) => column_type), isCut };
}

/** Rows of which the nested values are looked into for personal data. */
const NESTED_ROWS = 10_000;

async function leavesOf(db: DuckDb, path: string, name: string): Promise<Leaves> {
  const leaves: Leaves = new Map();
  const column = `"${name.replaceAll('"', '""')}"`;
  const sql = `SELECT to_json(${column})::VARCHAR AS text FROM ${readParquet(path)} WHERE ${column} IS NOT NULL LIMIT ${NESTED_ROWS}`;
  for (const { text } of await readable('parquet', () => db.rows<{ text: string }>(sql))) {
    addLeaves(leaves, JSON.parse(text), name);
  }
  return leaves;
}
