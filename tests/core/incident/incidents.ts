import { describeFailure, type EndedRun } from '../../../core/incident/failed-run.ts';
import type { RunEvent } from '../../../core/incident/history.ts';
import { isFailed, isIncident } from '../../../core/incident/keys.ts';
import type { AlertMessage } from '../../../core/incident/message.ts';
import { reportFailure } from '../../../core/incident/report.ts';
import type { EndedBadly, SweepPorts } from '../../../core/incident/sweep.ts';
import { fileId } from '../../../core/ledger/file-id.ts';
import type { FailedItem, FileItem, IncidentItem } from '../../../core/ledger/items.ts';
import type { Clock, LedgerStore, Stored } from '../../../core/ledger/store.ts';
import { handClock, memoryStore } from './memory-store.ts';

/** Failing runs, the ledger that they are reported to, and the topic that pages go to. */
export const arnOf = (name: string) => `arn:aws:states:us-east-1:111122223333:execution:tributary-test-ingest:${name}`;

export interface Failing {
  name: string;
  /** Name of the file; its key is `landing/<dataset>/<file>`. */
  file?: string;
  version?: string;
  dataset?: string;
  error?: string;
  state?: string;
  stoppedAt?: string;
  status?: string;
  /** Instead of an S3 event. */
  input?: string;
}

export const bucket = 'landing-bucket';
export const keyOf = ({ dataset = 'orders', file, name }: Failing) => `landing/${dataset}/${file ?? `${name}.csv`}`;
export const idOf = (failing: Failing) => fileId(bucket, keyOf(failing), failing.version ?? 'v1');

export const inputOf = (failing: Failing) =>
  JSON.stringify({
    detail: { bucket: { name: bucket }, object: { key: keyOf(failing), 'version-id': failing.version ?? 'v1' } },
  });

export function endedRun(failing: Failing): EndedRun {
  return {
    arn: arnOf(failing.name),
    name: failing.name,
    machine: 'tributary-test-ingest',
    status: failing.status ?? 'FAILED',
    startedAt: new Date('2026-03-01T10:00:00.000Z'),
    stoppedAt: new Date(failing.stoppedAt ?? '2026-03-01T10:15:00.000Z'),
    input: failing.input ?? inputOf(failing),
  };
}

export function eventsOf({ error = 'FileRejectedError', state = 'ValidateFile' }: Failing): RunEvent[] {
  const at = new Date(0);
  return [
    { id: 3, type: 'ExecutionFailed', at, error, cause: 'the column amount is missing' },
    { id: 2, type: 'TaskStateEntered', at, state },
  ];
}

export const failedRun = (failing: Failing) => describeFailure(endedRun(failing), eventsOf(failing));

/** What the ledger says of the file of a failing run. */
export function fileItem(failing: Failing, over: Partial<FileItem> = {}): FileItem {
  const id = idOf(failing);
  return {
    pk: `file#${id}`,
    sk: 'file',
    rev: 1,
    file_id: id,
    dataset: failing.dataset ?? 'orders',
    bucket,
    key: keyOf(failing),
    version_id: failing.version ?? 'v1',
    last_modified: '2026-03-01T09:00:00.000Z',
    status: 'failed',
    run: arnOf(failing.name),
    ...over,
  } as FileItem;
}

export function world(clock: Clock & { advance?(seconds: number): void } = handClock()) {
  const store = memoryStore();
  const runs = new Map<string, Failing>();
  const sent: AlertMessage[] = [];
  const marked: string[] = [];
  const released: unknown[][] = [];
  const ended: EndedBadly[] = [];
  const succeeded = new Set<string>();
  const ports: SweepPorts = {
    stage: 'test',
    lakeBucket: 'lake-bucket',
    store,
    clock,
    publish: async (alert) => void sent.push(alert),
    runs: {
      describe: async (arn) => endedRun(runs.get(arn) ?? { name: arn.split(':').at(-1)! }),
      newestEvents: async (arn) => eventsOf(runs.get(arn) ?? { name: arn.split(':').at(-1)! }),
    },
    ledger: {
      markFileFailed: async (id) => void marked.push(id),
      releaseLeaseOf: async (...call) => {
        released.push(call);
        return arnOf('successor');
      },
    },
    endedBadly: async function* () {
      yield* ended;
    },
    hasSucceededSince: async (arn) => succeeded.has(arn),
  };
  const items = <T extends Stored>(pk: string) => [...store.items.values()].filter((item) => item.pk === pk) as T[];
  return {
    ports,
    store,
    runs,
    sent,
    marked,
    released,
    ended,
    succeeded,
    put: (item: Stored) => void store.items.set(`${item.pk}\n${item.sk}`, structuredClone(item)),
    fail: (failing: Failing, over: Partial<SweepPorts> = {}) => {
      runs.set(arnOf(failing.name), failing);
      return reportFailure(arnOf(failing.name), { ...ports, ...over });
    },
    open: () => items<IncidentItem>('open').filter(isIncident),
    failed: () => items<FailedItem>('open').filter(isFailed),
    closed: () => items<IncidentItem>('incident'),
    pages: () => sent.filter(({ subject }) => !subject.includes('resolved')),
    resolutions: () => sent.filter(({ subject }) => subject.includes('resolved')),
  };
}

/**
 * The ledger as one invocation sees it that is killed at its n-th call: before or after the call takes effect; nothing
 * that it calls from then on does anything.
 */
export function killable(store: LedgerStore, at: number, when: 'before' | 'after') {
  let calls = 0;
  let dead = false;
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (dead || (calls === at && when === 'before')) {
      dead = true;
      throw new Error('killed');
    }
    const answer = await work();
    if (calls === at) {
      dead = true;
      throw new Error('killed');
    }
    return answer;
  };
  const wrapped: LedgerStore = {
    get: (pk, sk) => call(() => store.get(pk, sk)),
    query: (pk, range) => call(() => store.query(pk, range)),
    getMany: (keys) => call(() => store.getMany(keys)),
    list: (dataset, page) => call(() => store.list(dataset, page)),
    write: (items, gone) => call(() => store.write(items, gone)),
  };
  return { store: wrapped, call, isDead: () => dead };
}
