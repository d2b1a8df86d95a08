import { readSqlFiles } from '../../../aws/project-files.ts';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { CommitConflictError } from '../../../core/errors.ts';
import { updateFile } from '../../../core/ledger/files.ts';
import type { FileItem } from '../../../core/ledger/items.ts';
import type { LedgerStore } from '../../../core/ledger/store.ts';
import { silverColumns } from '../../../core/merge/tables.ts';
import type { GlueTable, Pointers } from '../../../core/operation/pointers.ts';
import type { ReplayPorts } from '../../../core/operation/replay-begin.ts';
import { type ReplayFile, replayFileKey, type TodoItem, todoKey } from '../../../core/operation/replay-items.ts';
import type { FileRef } from '../../../core/pipeline/payloads.ts';
import type { Athena, QueryStatus } from '../../../core/ports.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';
import { orders } from '../pipeline/world.ts';
import { fakeRecords } from '../quality/fake-records.ts';

/** Tables by name in silver, each a set of stages in its folder; Glue says which folder a name means. A MERGE of `poison` fails. */
export function lake(poison = '') {
  const names = new Map<string, GlueTable>();
  const folders = new Map<string, Set<string>>();
  const queries = new Map<string, { sql: string; status: QueryStatus }>();
  let commits = 0;
  const stages = (sql: string) =>
    [...(/stage_id in \(([^)]*)\)/.exec(sql)?.[1] ?? '').matchAll(/'([^']*)'/g)].map((match) => match[1]!);
  const target = (sql: string) => /(?:merge into|left join|create table if not exists) silver\.(\w+)/.exec(sql)![1]!;
  const commit = (name: string) => {
    const table = names.get(name)!;
    const version = String(++commits);
    names.set(name, { ...table, version, metadata_location: `${table.location}/${version}` });
  };
  const create = (name: string, location: string) => {
    names.set(name, { location, metadata_location: '', version: '', definition: {} });
    folders.set(location, new Set());
    commit(name);
  };
  const apply = (sql: string) => {
    if (sql.includes('create table')) {
      if (!names.has(target(sql))) create(target(sql), /location '([^']*)\/'/.exec(sql)![1]!);
    } else if (sql.startsWith('merge into')) {
      for (const stage of stages(sql)) folders.get(names.get(target(sql))!.location)!.add(stage);
      commit(target(sql));
    }
  };
  const athena: Athena = {
    async start(sql, token) {
      const known = queries.get(token);
      if (known !== undefined && known.sql !== sql) throw new Error('Idempotent parameters do not match');
      if (known === undefined) {
        const bad = poison !== '' && sql.includes('merge into') && sql.includes(poison);
        const failed = { state: 'failed', reason: 'HIVE_BAD_DATA: bad', retryable: false, bytesScanned: 0 } as const;
        queries.set(token, { sql, status: bad ? failed : { state: 'succeeded', bytesScanned: 1 } });
        if (!bad) apply(sql.replace(/^(--.*\n)+/, ''));
      }
      return token;
    },
    get: async (id) => queries.get(id)!.status,
    columns: async () => [],
    async rows(id) {
      const { sql } = queries.get(id)!;
      const there = folders.get(names.get(target(sql))!.location)!;
      return [[String(stages(sql).length), String(stages(sql).filter((stage) => !there.has(stage)).length)]];
    },
  };
  const pointers: Pointers = {
    find: async (_, name) => structuredClone(names.get(name)),
    async repoint(_, name, known, to) {
      if (names.get(name)!.version !== known.version) throw new CommitConflictError('changed');
      names.set(name, { ...to });
    },
    async register(_, name, table) {
      if (!names.has(name)) names.set(name, table);
    },
    async forget(_, name) {
      names.delete(name);
    },
  };
  create('orders', 's3://lake/silver/orders');
  const seen = (name = 'orders') => [...folders.get(names.get(name)!.location)!].sort();
  return { athena, pointers, names, seen, queries };
}

export interface World extends ReplayPorts {
  datasets: Record<string, Dataset>;
  records: ReturnType<typeof fakeRecords>;
  started: string[];
  /** Runs that have not ended. */
  running: Set<string>;
}

export function replayWorld(fake = lake(), ledger: LedgerStore = memoryStore()): World {
  const started: string[] = [];
  const running = new Set<string>();
  return {
    athena: fake.athena,
    datasets: { orders },
    pointers: fake.pointers,
    catalog: {
      exists: async (_, name) => fake.names.has(name),
      columns: async (_, name) => (fake.names.has(name) ? silverColumns(orders) : undefined),
      currentSnapshot: async (_, name) => fake.names.get(name)!.version ?? null,
      ensureStagingTable: async () => undefined,
      registerQuarantine: async () => undefined,
    },
    clock: handClock(),
    files: readSqlFiles(),
    databases: { staging: 'staging', silver: 'silver', gold: 'gold', ops: 'ops' },
    bucket: 'lake',
    ledger,
    partitionsOf: async () => [],
    pollMilliseconds: 60_000,
    startRun: async (input) => `woken ${started.push(input)}`,
    startReplay: async (input) => `replay ${started.push(input)}`,
    isRunning: async (run) => running.has(run),
    records: fakeRecords(),
    started,
    running,
  };
}

/** What ValidateFile leaves of a file for a replay; those in `refused` are refused. */
export function validates({ ledger, clock }: World, refused = new Set<string>()) {
  return async ({ file_id }: FileRef, replay: string): Promise<void> => {
    const { attempts } = await updateFile(ledger, clock, file_id, (file: FileItem) => ({
      attempts: file.attempts + 1,
    }));
    const key = replayFileKey(replay, file_id);
    const noted = (await ledger.get<ReplayFile>(key.pk, key.sk))!;
    const todo = (await ledger.get<TodoItem>(key.pk, todoKey(replay, file_id).sk))!;
    const counts = { in: 1, accepted: 1, rejected: 0, duplicate: 0, superseded: 0 };
    const stage_id = `${file_id}-again${attempts}`;
    const partitions = ['2026-03-01'];
    const staging = { stage_id, counts, rows: 1, bytes: 1, partitions, partition_count: 1, profile_key: 'p' };
    const found = refused.has(file_id)
      ? ({ state: 'refused', error: 'FileRejectedError: no' } as const)
      : ({ state: 'ready', staging } as const);
    await ledger.write([{ ...noted, ...found } as ReplayFile], [todo]);
  };
}
