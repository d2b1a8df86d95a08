import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Column, Dataset } from '../core/contract/dataset.ts';
import { FileRejectedError } from '../core/errors.ts';
import { bindHeader } from '../core/validation/header.ts';
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
 * file is damaged, has no rows, or its columns do not fit the contract.
 */
export async function parquetInput(db: DuckDb, dataset: Dataset, path: string, workDir: string): Promise<Input> {
  const from = readParquet(path);
  const { columns, records } = await readable('parquet', async () => ({
    columns: (await db.rows<{ column_name: string; column_type: string }>(`DESCRIBE SELECT * FROM ${from}`)).map(
      ({ column_name, column_type }) => ({ name: column_name, type: column_type }),
    ),
    records: (await db.rows<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM ${from}`))[0]!.n,
  }));
  if (records === 0) {
    throw new FileRejectedError('the file has columns but no rows. If there was nothing to send, send no file.');
  }
  const binding = bindHeader(
    columns.map(({ name }) => name),
    dataset,
  );
  const typed = dataset.columns.map((column, index) => {
    const place = binding.columns[index];
    return place === undefined ? column : fitted(column, columns[place]!);
  });
  const staged: StagedParquet = {
    kind: 'parquet',
    path,
    binding,
    texts: columns.map(textSql),
    faults: faultsSql(columns),
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
  return `${column}::VARCHAR`;
}

/** No text may hold NUL: readers of the lake would end the text there. */
function faultsSql(columns: ParquetColumn[]): string {
  const faults = columns
    .filter(({ type }) => type === 'VARCHAR' || type === 'BLOB')
    .map((column) => {
      const message = `${column.name} holds a character that no text may hold (NUL)`;
      const fault = { column_name: column.name, rule: 'invalid_character', value: '', message };
      return `CASE WHEN contains(${textSql(column)}, chr(0)) THEN ${literal(JSON.stringify(fault))} END`;
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
