import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Column, Dataset } from '../core/contract/dataset.ts';
import { FileRejectedError } from '../core/errors.ts';
import { type Binding, bindHeader } from '../core/validation/header.ts';
import type { Format } from '../core/validation/recognise.ts';
import type { StagedParquet } from '../core/validation/sql/rows.ts';
import { identifier, literal, readCsv, readParquet, readParquetRows } from '../core/validation/sql/text.ts';
import type { DuckDb } from './duckdb.ts';
import type { Input } from './input.ts';

interface ParquetColumn {
  name: string;
  type: string;
}

/**
 * The rows of a Parquet file: every value as the text that the rules are written for. Throws FileRejectedError when the
 * file is damaged, has no rows, or its columns do not fit the contract. A text of more than `maxField` bytes is rejected.
 */
export async function parquetInput(
  db: DuckDb,
  dataset: Dataset,
  path: string,
  workDir: string,
  maxField: number,
): Promise<Input> {
  const from = readParquet(path);
  const { columns, names, records } = await readable('parquet', async () => ({
    columns: (await db.rows<{ column_name: string; column_type: string }>(`DESCRIBE SELECT * FROM ${from}`)).map(
      ({ column_name, column_type }) => ({ name: column_name, type: column_type }),
    ),
    names: await namesIn(db, path),
    records: (await db.rows<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM ${from}`))[0]!.n,
  }));
  // The reader calls its own number of a row so, and refuses to make it beside a column of that name.
  if (columns.some(({ name }) => name.toLowerCase() === 'file_row_number')) {
    throw new FileRejectedError(
      'the file has a column file_row_number, a name that its reader keeps for itself. Call it otherwise.',
    );
  }
  if (records === 0) {
    throw new FileRejectedError('the file has columns but no rows. If there was nothing to send, send no file.');
  }
  const binding = bindHeader(names, dataset);
  const typed = dataset.columns.map((column, index) => {
    const place = binding.columns[index];
    return place === undefined ? column : fitted(column, columns[place]!);
  });
  const staged: StagedParquet = {
    kind: 'parquet',
    path,
    binding,
    texts: columns.map((column, index) => fittingText(column, dataset.columns[binding.columns.indexOf(index)])),
    faults: faultsSql(columns, binding, maxField),
  };
  return {
    dataset: { ...dataset, columns: typed },
    staged,
    records,
    damaged: 0,
    unknown: binding.extra.map(({ name }) => name),
    async only(records) {
      const numbers = join(workDir, 'pending.csv');
      await writeFile(numbers, lines(records));
      await db.run(`CREATE TEMP TABLE pending AS SELECT * FROM ${readCsv(numbers, [['record', 'BIGINT']], 20, false)}`);
      return { ...staged, only: 'pending' };
    },
    raw: async (table) =>
      `SELECT file_row_number + 1 AS record, to_json(struct_pack(${columns.map(({ name }) => `${identifier(name)} := ${identifier(name)}`).join(', ')}))::VARCHAR AS raw
       FROM ${readParquetRows(path)} SEMI JOIN ${table} ON ${table}.record = file_row_number + 1`,
  };
}

/** The columns' names as they are in the file: DuckDB gives another to one that repeats an earlier one in any case. */
async function namesIn(db: DuckDb, path: string): Promise<string[]> {
  const [root, ...elements] = await db.rows<{ name: string; children: number | null }>(
    `SELECT name, num_children::DOUBLE AS children FROM parquet_schema(${literal(path)})`,
  );
  const names: string[] = [];
  // Behind each element stand those within it; `open` are yet to come.
  let open = 0;
  for (const { name, children } of elements) {
    if (open === 0) names.push(name);
    else open--;
    open += children ?? 0;
  }
  if (names.length !== root?.children)
    throw new FileRejectedError('the schema of the Parquet file contradicts itself.');
  return names;
}

function* lines(records: Iterable<number>): Generator<string> {
  for (const record of records) yield `${record}\n`;
}

const isNested = (type: string): boolean => /\]$|^(STRUCT|MAP|UNION)\b/.test(type);

/** What a contract says of texts does not apply to values that the file types itself. */
function fitted(column: Column, { name, type }: ParquetColumn): Column {
  if (isNested(type)) {
    throw new FileRejectedError(
      `the column ${JSON.stringify(name)} holds nested values (${type}); ${column.name} must be a ${column.type.kind}.`,
    );
  }
  const { decimalSeparator, thousandsSeparator, formats, timeZone, ...rest } = column;
  if (type === 'VARCHAR' || type === 'BLOB') return column;
  if (/^(DATE|TIMESTAMP)/.test(type)) return { ...rest, timeZone };
  return { ...rest, formats };
}

/** The text of a value. Instants with a zone are written in UTC; times without one keep the zone of the contract. */
function textSql({ name, type }: ParquetColumn): string {
  const column = identifier(name);
  if (isNested(type)) return `to_json(${column})::VARCHAR`;
  if (type === 'TIMESTAMP WITH TIME ZONE') return `((${column} AT TIME ZONE 'UTC')::VARCHAR || 'Z')`;
  if (type === 'BLOB') return `coalesce(TRY(decode(${column})), ${column}::VARCHAR)`;
  // DuckDB writes `.50` where there are no digits before the point.
  if (isFraction(type)) return `regexp_replace(${column}::VARCHAR, '^(-?)[.]', '\\10.')`;
  return `${column}::VARCHAR`;
}

/** The text of a value for a column of the contract, where another type than its own can hold it without loss. */
function fittingText(column: ParquetColumn, target: Column | undefined): string {
  const text = textSql(column);
  const name = identifier(column.name);
  const kind = target?.type.kind;
  const isExact = kind === 'decimal' || kind === 'int' || kind === 'bigint';
  if (isExact && /^(DOUBLE|FLOAT)$/.test(column.type)) return withoutExponent(text);
  if (kind === 'timestamp' && column.type === 'DATE') return `${name}::TIMESTAMP::VARCHAR`;
  if (kind === 'date' && column.type === 'TIMESTAMP') {
    return `CASE WHEN ${name} = date_trunc('day', ${name}) THEN ${name}::DATE::VARCHAR ELSE ${text} END`;
  }
  return text;
}

/** Where DuckDB writes a double as `1.5e-07` or, from 1e16 on, `1e+22`: its digits in their places, as exact numbers are. */
function withoutExponent(text: string): string {
  const sign = `CASE WHEN starts_with(${text}, '-') THEN '-' ELSE '' END`;
  const digits = `replace(ltrim(split_part(${text}, 'e', 1), '-'), '.', '')`;
  const exponent = `abs(split_part(${text}, 'e', 2)::INT)`;
  return `CASE WHEN contains(${text}, 'e-') THEN ${sign} || '0.' || repeat('0', ${exponent} - 1) || ${digits}
    WHEN contains(${text}, 'e+') THEN ${sign} || rpad(${digits}, ${exponent} + 1, '0') ELSE ${text} END`;
}

const isFraction = (type: string): boolean => {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? [];
  return precision !== undefined && precision === scale;
};

/**
 * No text may hold NUL: readers of the lake would end the text there. Nor may bytes that are no text stand for one in a
 * column of the contract; in others they are kept as `\xNN`.
 */
function faultsSql(columns: ParquetColumn[], binding: Binding, maxField: number): string {
  const fault = ({ name }: ParquetColumn, rule: string, broken: string, reason: string) => {
    const message = `${name} holds ${reason}`;
    const json = JSON.stringify({ column_name: name, rule, value: '', message });
    return `CASE WHEN ${broken} THEN ${literal(json)} END`;
  };
  const faults = columns.flatMap((column, index) => {
    if (column.type !== 'VARCHAR' && column.type !== 'BLOB') return [];
    const text = textSql(column);
    const always = [
      fault(column, 'invalid_character', `contains(${text}, chr(0))`, 'a character that no text may hold (NUL)'),
      fault(column, 'record_too_long', `strlen(${text}) > ${maxField}`, `a text of more than ${maxField} bytes`),
    ];
    if (column.type === 'VARCHAR' || !binding.columns.includes(index)) return always;
    const bytes = identifier(column.name);
    const isNoText = `${bytes} IS NOT NULL AND TRY(decode(${bytes})) IS NULL`;
    return [...always, fault(column, 'invalid_character', isNoText, 'bytes that are not UTF-8, and so no text')];
  });
  if (faults.length === 0) return 'NULL::VARCHAR';
  return `nullif('[' || concat_ws(',', ${faults.join(', ')}) || ']', '[]')`;
}

/** Runs what reads a file; the Parquet reader's complaints about its content become a FileRejectedError. */
export async function readable<T>(format: Format, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const message = (error as Error).message ?? '';
    if (
      format !== 'parquet' ||
      !/^(Invalid Input|IO|Invalid|Conversion|TProtocolException|Serialization)\b/.test(message)
    )
      throw error;
    throw new FileRejectedError(`the Parquet file can not be read: ${message.split('\n')[0]}`, { cause: error });
  }
}
