import { DuckDBInstance } from '@duckdb/node-api';
import { readDatasets, readSqlFiles } from '../../../aws/project-files.ts';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { type Mart, parseMarts } from '../../../core/gold/mart.ts';
import { type GoldPorts, refreshMarts } from '../../../core/gold/refresh.ts';
import { liveSelect } from '../../../core/gold/statements.ts';
import { getTable } from '../../../core/ledger/table.ts';
import { type NamedType, silverColumns } from '../../../core/merge/tables.ts';
import type { QueryStatus } from '../../../core/ports.ts';
import { handClock, memoryStore } from '../../core/incident/memory-store.ts';
import { type SilverRow, sqlRow } from './silver-rows.ts';

export const datasets = readDatasets();
export const files = readSqlFiles();
const databases = { staging: 'st', silver: 'si', gold: 'go', ops: 'op' };

/** Tables before the views over them, as they are deployed. */
export const marts = (): Mart[] => parseMarts(files, datasets).filter(({ layer }) => layer === 'gold');

const duckType = (type: string) => ({ string: 'varchar' })[type] ?? type;

/** What DuckDB says in other words; all else runs as Athena gets it. */
function translate(sql: string): string {
  return sql
    .replaceAll(/\bsi\.(\w+) for version as of (\d+)/g, 'si.$1_v$2')
    .replace(/\bwith \(\n {2}table_type[\s\S]*?\n\)\nas/, 'as');
}

export interface DuckGold {
  /** Puts the rows of a table in place of those it had: a commit, after which marts are to be refreshed. */
  commit(dataset: string, rows: SilverRow[], seq: number, hasRemoved: boolean): Promise<void>;
  /** The real refresh of every mart that reads the dataset; returns their names, or nothing when it is not done yet. */
  refresh(dataset: string): Promise<string[] | undefined>;
  /** While true, queries for what has changed and MERGEs go on and on. */
  isSlow: boolean;
  /** Rows that a mart has and its SELECT has not, and the other way round, as text. */
  differences(mart: Mart): Promise<string[]>;
  rows(sql: string): Promise<Record<string, unknown>[]>;
  sent: string[];
  close(): void;
}

/** The real refresh over DuckDB in place of Athena, each commit a table of its own, and a ledger in memory. */
export async function duckGold(read: Mart[] = marts()): Promise<DuckGold> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const database = await instance.connect();
  await database.run('create schema si; create schema go;');
  await database.run('create macro sequence(a, b) as range(a, b + 1)');
  const create = async (dataset: Dataset, name: string) => {
    const columns = silverColumns(dataset).map((column) => `${column.name} ${duckType(column.type)}`);
    await database.run(`create table si.${name} (${columns.join(', ')})`);
  };
  for (const dataset of Object.values(datasets)) {
    await create(dataset, `${dataset.name}_v0`);
    await database.run(`create view si.${dataset.name} as select * from si.${dataset.name}_v0`);
  }

  type Answer = { status: QueryStatus; rows: (string | null)[][]; columns: NamedType[] };
  const answers = new Map<string, Answer & { isLong: boolean }>();
  const sent: string[] = [];
  const ask = async (sql: string) => {
    const result = await database.runAndReadAll(translate(sql));
    return {
      status: { state: 'succeeded', bytesScanned: 1 } as const,
      rows: result.getRowsJson().map((row) => row.map((value) => (value === null ? null : String(value)))),
      columns: result.columnNames().map((name, n) => ({ name, type: String(result.columnType(n)).toLowerCase() })),
    };
  };
  const store = memoryStore();
  const ports: GoldPorts = {
    ledger: store,
    clock: handClock(),
    athena: {
      async start(sql, token) {
        if (answers.has(token)) return token;
        sent.push(sql);
        const failed = (error: Error) => ({
          status: { state: 'failed', reason: error.message, retryable: false, bytesScanned: 0 } as const,
          rows: [],
          columns: [],
        });
        const isLong = sql.startsWith('merge') || sql.startsWith('select distinct dirty');
        answers.set(token, { ...(await ask(sql).catch(failed)), isLong });
        return token;
      },
      get: async (id) => (gold.isSlow && answers.get(id)!.isLong ? { state: 'running' } : answers.get(id)!.status),
      rows: async (id) => answers.get(id)!.rows,
      columns: async (id) => answers.get(id)!.columns,
    },
    files,
    databases,
    bucket: 'lake',
    datasets,
    marts: read,
    pollMilliseconds: 0,
    catalog: {
      exists: async (schema, table) => (await columnsOf(schema, table)) !== undefined,
      columns: columnsOf,
      currentSnapshot: async () => null,
      ensureStagingTable: async () => undefined,
      registerQuarantine: async () => undefined,
    },
  };

  async function columnsOf(schema: string, table: string): Promise<NamedType[] | undefined> {
    if (schema === databases.silver) return silverColumns(datasets[table]!);
    // Much faster than to look into information_schema.
    const found = await database.run(`from ${schema}.${table} limit 0`).catch((error: Error) => {
      if (error.message.includes('does not exist')) return undefined;
      throw error;
    });
    return found?.columnNames().map((name, n) => ({ name, type: String(found.columnType(n)).toLowerCase() }));
  }

  const commit: DuckGold['commit'] = async (name, rows, seq, hasRemoved) => {
    const dataset = datasets[name]!;
    await create(dataset, `${name}_v${seq}`);
    if (rows.length > 0) {
      await database.run(`insert into si.${name}_v${seq} values ${rows.map((row) => sqlRow(dataset, row)).join(', ')}`);
    }
    await database.run(`create or replace view si.${name} as select * from si.${name}_v${seq}`);
    const table = await getTable(store, name);
    const removed = hasRemoved ? { removed_seq: seq } : {};
    await store.write([{ ...table, committed: { snapshot_id: String(seq), batch_seq: seq }, ...removed } as never]);
  };
  const rows = async (sql: string) =>
    (await database.runAndReadAll(translate(sql))).getRowObjectsJson() as Record<string, unknown>[];
  const differences = async (mart: Mart) => {
    const select = `(${liveSelect({ datasets, databases }, mart)})`;
    const stored = `(select * from go.${mart.name})`;
    const found = await rows(
      `select 'too many' as what, * from (from ${stored} except all from ${select})
       union all select 'missing' as what, * from (from ${select} except all from ${stored})`,
    );
    return found.map((row) => `${mart.name}: ${JSON.stringify(row)}`);
  };
  const refresh = async (name: string) => {
    const { outcome, marts } = await refreshMarts(ports, name, `run of ${name}`);
    return outcome === 'refreshed' ? marts : undefined;
  };
  const close = () => {
    database.closeSync();
    instance.closeSync();
  };
  const gold: DuckGold = { commit, refresh, isSlow: false, differences, rows, sent, close };
  return gold;
}
