import { readSqlFiles } from '../../../aws/project-files.ts';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { refreshMarts } from '../../../core/gold/refresh.ts';
import { claimFile, updateFile } from '../../../core/ledger/files.ts';
import type { LedgerStore } from '../../../core/ledger/store.ts';
import type { LeadPorts } from '../../../core/merge/lead.ts';
import { silverColumns } from '../../../core/merge/tables.ts';
import { mergeRows } from '../../../core/pipeline/merge.ts';
import type { FileRef } from '../../../core/pipeline/payloads.ts';
import { publishBatch } from '../../../core/pipeline/publish.ts';
import type { Notice } from '../../../core/pipeline/quarantine.ts';
import type { Athena, Catalog, QueryStatus } from '../../../core/ports.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';
import { fakeRecords } from '../quality/fake-records.ts';

export const orders: Dataset = {
  name: 'orders',
  version: '1.0.0',
  description: '',
  owner: 'sales@example.com',
  columns: [
    { name: 'order_id', aliases: [], type: { kind: 'string' }, required: true, pii: false },
    { name: 'order_ts', aliases: [], type: { kind: 'timestamp' }, required: true, pii: false },
  ],
  key: ['order_id'],
  versionColumns: [],
  history: 'latest',
  drift: 'rescue',
  file: {},
  references: [],
  rowRules: [],
  gates: [],
  partition: { column: 'order_ts', transform: 'day' },
  maxRejectPercent: 5,
  alarmRejectPercent: 4,
};

/**
 * Athena as the merge sees it: a token names one query for ever, a MERGE brings the stage ids of its text into silver
 * once it has ended, a count tells what is there. `outcomes` scripts the ends of MERGEs in the order they start; a MERGE
 * of a stage that is `poison` fails whatever they say.
 */
export function fakeAthena(outcomes: ('succeeded' | 'running' | string)[] = [], poison = new Set<string>()) {
  const queries = new Map<string, { sql: string; status: QueryStatus }>();
  const merged = new Set<string>();
  const merges: string[][] = [];
  const stageIds = (sql: string) =>
    [...(/stage_id in \(([^)]*)\)/.exec(sql)?.[1] ?? '').matchAll(/'([^']*)'/g)].map((m) => m[1]!);
  const end = (id: string) => {
    const query = queries.get(id)!;
    query.status = { state: 'succeeded', bytesScanned: 10 };
    if (query.sql.startsWith('merge into')) for (const stage of stageIds(query.sql)) merged.add(stage);
  };
  const athena: Athena = {
    async start(sql, token) {
      if (queries.has(token)) {
        if (queries.get(token)!.sql !== sql)
          throw new Error('InvalidRequestException: Idempotent parameters do not match');
        return token;
      }
      queries.set(token, { sql, status: { state: 'running' } });
      if (!sql.startsWith('merge into')) {
        end(token);
        return token;
      }
      merges.push(stageIds(sql));
      const bad = stageIds(sql).some((stage) => poison.has(stage));
      const outcome = bad ? 'HIVE_BAD_DATA: poison' : (outcomes.shift() ?? 'succeeded');
      if (outcome === 'succeeded') end(token);
      else if (outcome !== 'running') {
        queries.get(token)!.status = { state: 'failed', reason: outcome, retryable: false, bytesScanned: 0 };
      }
      return token;
    },
    get: async (id) => queries.get(id)!.status,
    columns: async () => [],
    async rows(id) {
      const stages = stageIds(queries.get(id)!.sql);
      return [[String(stages.length), String(stages.filter((stage) => !merged.has(stage)).length)]];
    },
  };
  return { athena, merged, merges, end: () => [...queries.keys()].forEach(end) };
}

export function fakeCatalog(): Catalog {
  let snapshot = 100;
  return {
    exists: async () => true,
    columns: async () => silverColumns(orders),
    currentSnapshot: async () => String(snapshot++),
    ensureStagingTable: async () => undefined,
    registerQuarantine: async () => undefined,
  };
}

export interface World extends LeadPorts {
  datasets: Record<string, Dataset>;
  ledger: LedgerStore;
  started: string[];
  published: number;
  records: ReturnType<typeof fakeRecords>;
  notices: Notice[];
  notify(notice: Notice): Promise<void>;
  /** Datasets whose orphans were not counted, and queries that were stopped. */
  uncounted: string[];
  stopped: string[];
  orphansNotCounted(dataset: string, error: unknown): void;
  stopQuery(queryId: string): Promise<void>;
}

export function world(
  fake: ReturnType<typeof fakeAthena>,
  ledger: LedgerStore = memoryStore(),
  clock = handClock(),
): World {
  const started: string[] = [];
  return {
    athena: fake.athena,
    datasets: { orders },
    catalog: fakeCatalog(),
    clock,
    files: readSqlFiles(),
    databases: { staging: 'staging', silver: 'silver', gold: 'gold', ops: 'ops' },
    bucket: 'lake',
    ledger,
    partitionsOf: async () => [],
    pollMilliseconds: 0,
    startRun: async (input) => `woken ${started.push(input)}`,
    started,
    ...publishing(),
  };
}

/** What PublishMetrics leaves outside the ledger. */
export function publishing(): Omit<World, keyof LeadPorts | 'datasets' | 'started'> {
  const notices: Notice[] = [];
  const uncounted: string[] = [];
  const stopped: string[] = [];
  return {
    ...{ published: 0, records: fakeRecords(), notices, uncounted, stopped },
    notify: async (notice) => void notices.push(notice),
    orphansNotCounted: (dataset) => void uncounted.push(dataset),
    stopQuery: async (id) => void stopped.push(id),
  };
}

export const fileRef = (n: number): FileRef => ({
  file_id: `file${n}`,
  dataset: 'orders',
  bucket: 'landing',
  key: `landing/orders/${n}.csv`,
  version_id: `v${n}`,
  etag: 'e',
  size: 1,
  last_modified: '2026-03-01T00:00:00.000Z',
  bronze_key: 'b',
});

/** What IdentifyFile and ValidateFile leave: one accepted row. */
export async function land({ ledger, clock }: World, n: number, run: string): Promise<void> {
  const file = fileRef(n);
  await claimFile(ledger, clock, { ...file, run });
  const counts = { in: 1, accepted: 1, rejected: 0, duplicate: 0, superseded: 0 };
  const partitions = ['2026-03-01'];
  const validated = {
    stage_id: `stage${n}`,
    counts,
    rows: 1,
    bytes: 1,
    partitions,
    partition_count: 1,
    profile_key: 'p',
  };
  await updateFile(ledger, clock, file.file_id, () => ({ validated }));
}

/** The states of a run from MergeRows on, as the state machine goes through them; returns where it ended. */
export async function lead(ports: World, n: number, run: string): Promise<'handed_over' | 'ingested' | 'running'> {
  const file = fileRef(n);
  for (;;) {
    const merged = await mergeRows(ports, orders, file, run);
    if (merged.outcome !== 'merged') return merged.outcome;
    await refreshMarts({ ...ports, datasets: { orders }, marts: [] }, 'orders', run);
    const publish = {
      ...ports,
      publish: () => ports.published++,
      filesDone: async () => undefined,
    };
    if ((await publishBatch(publish, orders, run)).outcome === 'done') return 'ingested';
  }
}
