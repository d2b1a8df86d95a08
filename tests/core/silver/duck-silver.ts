import { createHash } from 'node:crypto';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { readSqlFiles } from '../../../aws/project-files.ts';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { mergeStatement } from '../../../core/merge/statements.ts';
import { silverColumns, stagingColumns } from '../../../core/merge/tables.ts';
import type { Reader } from '../../../core/silver/relations.ts';
import { column as columnOf, dataset as thing } from '../../engine/dataset.ts';

/** Silver tables in DuckDB, filled by the MERGE that Athena runs; of datasets without timestamps the SQL is the same. */

const databases = { staging: 'st', silver: 'si', gold: 'go', ops: 'op' };
const files = readSqlFiles();

/** A dataset of columns of these types. */
export const dataset = (
  name: string,
  kinds: Record<string, 'string' | 'int' | 'boolean' | 'date'>,
  more: Partial<Dataset>,
) => thing({ name, columns: Object.entries(kinds).map(([column, kind]) => columnOf(column, { kind })), ...more });

export type Row = Record<string, string | number | boolean | null>;

export interface DuckSilver {
  reader: Reader;
  /** Merges files in one batch, each with the time at which it was stored. */
  merge(name: string, batch: { id: string; stored: number; rows: Row[] }[]): Promise<void>;
  rows(sql: string): Promise<Row[]>;
}

const ddl = (columns: { name: string; type: string }[]) =>
  columns.map(({ name, type }) => `${name} ${type === 'string' ? 'varchar' : type}`).join(', ');

const text = (value: Row[string]) => (typeof value === 'string' ? `'${value}'` : String(value));

export async function duckSilver(datasets: Dataset[]): Promise<DuckSilver> {
  const database: DuckDBConnection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const byName = Object.fromEntries(datasets.map((one) => [one.name, one]));
  await database.run('create schema si; create schema st;');
  for (const one of datasets) {
    await database.run(`create table si.${one.name} (${ddl(silverColumns(one))})`);
    await database.run(
      `create table st.${one.name} (${ddl([...stagingColumns(one), { name: 'stage_id', type: 'string' }])})`,
    );
  }
  let batchSeq = 0;

  return {
    reader: { datasets: byName, table: ({ name }) => `si.${name}` },
    async merge(name, batch) {
      const one = byName[name]!;
      for (const { id, stored, rows } of batch) {
        for (const [record, row] of rows.entries()) {
          const staged: Row = { ...row, ...metaOf(one, row, id, stored, record), stage_id: id };
          const columns = [...stagingColumns(one).map((column) => column.name), 'stage_id'];
          const values = columns.map((column) => text(staged[column] ?? null)).join(', ');
          await database.run(`insert into st.${name} values (${values})`);
        }
      }
      batchSeq += 1;
      const stageIds = batch.map(({ id }) => id);
      await database.run(mergeStatement(files, one, databases, { stageIds, batchSeq }));
    },
    rows: async (sql) => (await database.runAndReadAll(sql)).getRowObjectsJson() as Row[],
  };
}

function metaOf(
  { columns, versionColumns, deletedColumn }: Dataset,
  row: Row,
  id: string,
  stored: number,
  record: number,
) {
  const content = columns.map(({ name }) => [name, row[name] ?? null]);
  const versions = versionColumns.map((name) => String(row[name] ?? '-').padStart(12, '0'));
  return {
    meta_version: [...versions, String(stored).padStart(6, '0')].join('|'),
    meta_deleted: deletedColumn !== undefined && row[deletedColumn] === true,
    meta_file_id: id,
    meta_record: record,
    meta_row_hash: createHash('md5').update(JSON.stringify(content)).digest('hex'),
    meta_occurrence: 1,
  };
}
