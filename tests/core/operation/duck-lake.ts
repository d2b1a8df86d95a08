import { createHash } from 'node:crypto';
import { DuckDBInstance } from '@duckdb/node-api';
import { readSqlFiles } from '../../../aws/project-files.ts';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { fileId } from '../../../core/ledger/file-id.ts';
import { claimFile, updateFile } from '../../../core/ledger/files.ts';
import type { LedgerStore } from '../../../core/ledger/store.ts';
import type { LeadPorts } from '../../../core/merge/lead.ts';
import { silverColumns, stagingColumns } from '../../../core/merge/tables.ts';
import type { UndoPorts } from '../../../core/operation/undo.ts';
import { mergeRows } from '../../../core/pipeline/merge.ts';
import type { FileRef } from '../../../core/pipeline/payloads.ts';
import { type PublishPorts, publishBatch } from '../../../core/pipeline/publish.ts';
import type { Athena, QueryStatus } from '../../../core/ports.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';
import { fakeRecords } from '../quality/fake-records.ts';

/** A dataset without timestamps, whose SQL is the same in Athena's dialect and in DuckDB's. */
export const things = (key: string[], history: Dataset['history'] = 'latest'): Dataset => ({
  name: 'things',
  version: '1.0.0',
  description: '',
  owner: 'things@example.com',
  columns: [
    { name: 'id', aliases: [], type: { kind: 'string' }, required: true, pii: false },
    { name: 'amount', aliases: [], type: { kind: 'int' }, required: true, pii: false },
    { name: 'day', aliases: [], type: { kind: 'date' }, required: true, pii: false },
  ],
  key,
  // The first says from when on a version is valid.
  versionColumns: history === 'scd2' ? ['day'] : [],
  history,
  drift: 'rescue',
  file: {},
  references: [],
  rowRules: [],
  gates: [],
  partition: { column: 'day', transform: 'day' },
  maxRejectPercent: 5,
  alarmRejectPercent: 4,
});

export interface Thing {
  id: string;
  amount: number;
  /** YYYY-MM-DD */
  day: string;
  /** Greater is newer. */
  version: number;
  deleted?: boolean;
}

/** Id of the nth file; files land in this order, a second apart. */
export const fileIdOf = (n: number) => fileId('landing', `landing/things/${n}.csv`, `v${n}`);

export const fileRef = (n: number): FileRef => ({
  file_id: fileIdOf(n),
  dataset: 'things',
  bucket: 'landing',
  key: `landing/things/${n}.csv`,
  version_id: `v${n}`,
  etag: 'e',
  size: 1,
  last_modified: `2026-03-01T00:00:00.${String(n).padStart(3, '0')}Z`,
  bronze_key: 'b',
});

const hashOf = ({ id, amount, day }: Omit<Thing, 'version'>) =>
  createHash('sha256')
    .update(JSON.stringify([id, amount, day]))
    .digest('hex')
    .slice(0, 16);

/** What tells a row from others, where the dataset has a key. */
const identityOf = ({ history }: Dataset, row: Omit<Thing, 'version'>) =>
  history === 'scd2' ? `${row.id} ${hashOf(row)}` : row.id;

/** Rows as the validation stages them: of a key the newest, or every version; without one, each with its occurrence. */
export function stagedRows(dataset: Dataset, n: number, rows: Thing[]) {
  const seen = new Map<string, number>();
  const newest = new Map<string, Thing>();
  for (const row of rows) {
    const known = newest.get(identityOf(dataset, row));
    if (known === undefined || known.version < row.version) newest.set(identityOf(dataset, row), row);
  }
  const kept = dataset.key.length > 0 ? [...newest.values()] : rows;
  return kept.map((row, record) => {
    const hash = hashOf(row);
    const occurrence = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, occurrence);
    return {
      id: row.id,
      amount: row.amount,
      day: row.day,
      meta_version: `${String(row.version).padStart(6, '0')} ${fileRef(n).last_modified}`,
      meta_deleted: row.deleted === true,
      meta_file_id: fileIdOf(n),
      meta_record: record,
      meta_row_hash: hash,
      meta_occurrence: occurrence,
      meta_warnings: null,
      meta_rescued: null,
    };
  });
}

type Staged = ReturnType<typeof stagedRows>[number];

export interface DuckLake {
  dataset: Dataset;
  ports: UndoPorts & LeadPorts & PublishPorts;
  started: string[];
  /** Texts of all statements, in order. */
  sent: string[];
  /** Dataset and file of each partition of the quarantine that was taken away. */
  unregistered: string[];
  control: { hold: boolean };
  clock: ReturnType<typeof handClock>;
  /** Drops a file: validated and staged; not merged yet. */
  stage(n: number, rows: Thing[], run?: string): Promise<void>;
  /** The states of a file's run from MergeRows on, until it ends or has to wait. */
  lead(n: number, run?: string): Promise<void>;
  /** Drops a file and brings it into silver. */
  drop(n: number, rows: Thing[], run?: string): Promise<void>;
  silver(): Promise<Record<string, unknown>[]>;
  /** Empties the folder of a file's staged rows. */
  unstage(n: number): Promise<void>;
}

/** The real merge, publish and undo over DuckDB in place of Athena and a ledger in memory. */
export async function duckLake(key: string[] = ['id'], history: Dataset['history'] = 'latest'): Promise<DuckLake> {
  const dataset = things(key, history);
  const database = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const ddl = (columns: { name: string; type: string }[]) =>
    columns.map(({ name, type }) => `${name} ${type === 'string' ? 'varchar' : type}`).join(', ');
  await database.run('create schema si; create schema st;');
  await database.run(`create table si.things (${ddl(silverColumns(dataset))})`);
  await database.run(
    `create table st.things (${ddl([...stagingColumns(dataset), { name: 'stage_id', type: 'string' }])})`,
  );

  const queries = new Map<string, { sql: string; status: QueryStatus; rows: (string | null)[][] }>();
  const control = { hold: false };
  const sent: string[] = [];
  let snapshot = 100;
  const execute = async (sql: string): Promise<{ status: QueryStatus; rows: (string | null)[][] }> => {
    try {
      const result = await database.runAndReadAll(sql);
      if (sql.startsWith('merge')) snapshot += 1;
      const rows = result.getRowsJson().map((row) => row.map((value) => (value === null ? null : String(value))));
      return { status: { state: 'succeeded', bytesScanned: 1 }, rows };
    } catch (error) {
      const reason = (error as Error).message;
      return { status: { state: 'failed', reason, retryable: false, bytesScanned: 0 }, rows: [] };
    }
  };
  const athena: Athena = {
    async start(sql, token) {
      const known = queries.get(token);
      if (known !== undefined && known.sql !== sql) throw new Error('Idempotent parameters do not match');
      if (known !== undefined) return token;
      sent.push(sql);
      queries.set(token, { sql, status: { state: 'running' }, rows: [] });
      return token;
    },
    async get(id) {
      const query = queries.get(id)!;
      // What is held does nothing yet, as a query that runs has not committed.
      if (query.status.state === 'running' && !control.hold) Object.assign(query, await execute(query.sql));
      return query.status;
    },
    rows: async (id) => queries.get(id)!.rows,
    columns: async () => [],
  };
  const clock = handClock();
  const ledger: LedgerStore = memoryStore();
  const started: string[] = [];
  const unregistered: string[] = [];
  const ports: DuckLake['ports'] = {
    datasets: { things: dataset },
    athena,
    clock,
    ledger,
    files: readSqlFiles(),
    databases: { staging: 'st', silver: 'si', gold: 'go', ops: 'op' },
    bucket: 'lake',
    catalog: {
      exists: async () => true,
      columns: async () => silverColumns(dataset),
      currentSnapshot: async () => String(snapshot),
      ensureStagingTable: async () => undefined,
      registerQuarantine: async (name, file) => void unregistered.push(`${name} ${file}`),
    },
    marts: [],
    pollMilliseconds: 0,
    partitionsOf: async (item) => {
      const rows = await database.runAndReadAll(
        `select distinct cast(day as varchar) from st.things where stage_id = '${item.stage_id}' order by 1`,
      );
      return rows.getRowsJson().map(([day]) => String(day));
    },
    isRunning: async () => false,
    startRun: async (input) => `started ${started.push(input)}`,
    publish: () => undefined,
    orphansNotCounted: (name, error) => {
      throw new Error(`orphans of ${name} were not counted`, { cause: error });
    },
    stopQuery: async () => undefined,
    filesDone: async () => undefined,
    records: fakeRecords(),
    notify: async () => undefined,
  };

  const stage = async (n: number, rows: Thing[], run = `run${n}`) => {
    const file = fileRef(n);
    const staged = stagedRows(dataset, n, rows);
    const stage_id = `${file.file_id}-1`;
    const columns = stagingColumns(dataset).map(({ name }) => name as keyof Staged);
    const text = (value: unknown) =>
      value === null ? 'null' : typeof value === 'string' ? `'${value}'` : String(value);
    const values = staged.map((row) => `(${[...columns.map((name) => text(row[name])), text(stage_id)].join(', ')})`);
    await database.run(`insert into st.things values ${values.join(', ')}`);
    const days = [...new Set(staged.map(({ day }) => day))].sort();
    const accepted = staged.length;
    const counts = { in: rows.length, accepted, rejected: 0, duplicate: 0, superseded: rows.length - accepted };
    await claimFile(ledger, clock, { ...file, run });
    const partitions = days.length > 200 ? [] : days;
    const size = { rows: accepted, bytes: 1, partitions, partition_count: days.length, profile_key: 'p' };
    await updateFile(ledger, clock, file.file_id, () => ({ validated: { stage_id, counts, ...size } }));
  };
  const lead = async (n: number, run = `run${n}`) => {
    for (;;) {
      const { outcome } = await mergeRows(ports, dataset, fileRef(n), run);
      if (outcome !== 'merged') return;
      if ((await publishBatch(ports, dataset, run)).outcome === 'done') return;
    }
  };
  const drop = async (n: number, rows: Thing[], run = `run${n}`) => {
    await stage(n, rows, run);
    await lead(n, run);
  };
  const silver = async () =>
    (
      await database.runAndReadAll(
        'select id, amount, cast(day as varchar) as day, meta_version, meta_deleted, meta_file_id, meta_batch_seq from si.things order by all',
      )
    ).getRowObjectsJson();
  const unstage = async (n: number) =>
    void (await database.run(`delete from st.things where meta_file_id = '${fileIdOf(n)}'`));
  return { dataset, ports, started, sent, unregistered, control, clock, stage, lead, drop, silver, unstage };
}

/**
 * What silver has, by the files alone: of each key the newest row, or every version of it; without a key, each row as often
 * as one file has it.
 */
export function model(dataset: Dataset, files: Map<number, Thing[]>): string[] {
  const best = new Map<string, Staged>();
  for (const [n, rows] of files) {
    for (const row of stagedRows(dataset, n, rows)) {
      const identity =
        dataset.key.length > 0 ? identityOf(dataset, row) : `${row.meta_row_hash}-${row.meta_occurrence}`;
      const known = best.get(identity);
      if (known === undefined || known.meta_version < row.meta_version) best.set(identity, row);
    }
  }
  // Without a key the content is the row: which file it is of depends on which came first.
  return [...best.values()]
    .map((row) => content(dataset, { ...row, meta_version: `${row.meta_version}|${row.meta_row_hash}` }))
    .sort();
}

/** A row as it is compared. */
export const content = (dataset: Dataset, row: Record<string, unknown>): string =>
  JSON.stringify(
    dataset.key.length > 0
      ? [row.id, row.amount, row.day, row.meta_version, row.meta_deleted, row.meta_file_id]
      : [row.id, row.amount, row.day],
  );
