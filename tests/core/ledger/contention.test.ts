import { expect, it } from '@jest/globals';
import { randomFrom } from '../../../core/generate/random.ts';
import type { FileItem } from '../../../core/ledger/items.ts';
import { type Clock, type LedgerStore, RevisionConflict, type Stored } from '../../../core/ledger/store.ts';
import { stageFile } from '../../../core/ledger/table.ts';
import { memoryStore } from '../incident/memory-store.ts';

/** Time that passes only when everybody waits for it. */
function virtualTime(random: () => number) {
  const waiting: { at: number; go: () => void }[] = [];
  let now = Date.parse('2026-03-01T00:00:00Z');
  const clock: Clock = {
    now: () => new Date(now),
    sleep: (milliseconds) => new Promise((go) => waiting.push({ at: now + milliseconds, go })),
    random,
  };
  const pass = async <T>(work: Promise<T>): Promise<T> => {
    let ended = false;
    const end = work.finally(() => {
      ended = true;
    });
    while (!ended) {
      await new Promise(setImmediate);
      waiting.sort((a, b) => a.at - b.at);
      const next = waiting.shift();
      if (next === undefined) continue;
      now = next.at;
      next.go();
    }
    return end;
  };
  return { clock, pass };
}

/**
 * DynamoDB as it is under contention: answers take some milliseconds, and a transaction is cancelled while another one
 * is being prepared on one of its items (TransactionConflict).
 */
function slowStore(store: LedgerStore, clock: Clock, seen: { writes: number }): LedgerStore {
  const busy = new Map<string, number>();
  const names = (items: Stored[]) => items.map(({ pk, sk }) => `${pk} ${sk}`);
  return {
    ...store,
    async get(pk, sk) {
      await clock.sleep(3 + 3 * clock.random());
      return store.get(pk, sk);
    },
    async query(pk, range) {
      await clock.sleep(4 + 3 * clock.random());
      return store.query(pk, range);
    },
    async write(items) {
      seen.writes += 1;
      await clock.sleep(3 + 3 * clock.random());
      const now = clock.now().getTime();
      if (names(items).some((name) => (busy.get(name) ?? 0) > now)) throw new RevisionConflict('another transaction');
      for (const name of names(items)) busy.set(name, now + 6);
      await store.write(items);
      await clock.sleep(8);
    },
  };
}

const received = (id: string): FileItem => ({
  pk: `file#${id}`,
  sk: 'file',
  rev: 0,
  gsi1pk: 'dataset#orders',
  gsi1sk: id,
  ...{ file_id: id, dataset: 'orders', bucket: 'b', key: 'k', version_id: 'v', etag: 'e', size: 1, last_modified: '' },
  ...{ status: 'received', run: 'run', attempts: 1, received_at: '', updated_at: '' },
  validated: {
    stage_id: `${id}-1`,
    counts: { in: 1, accepted: 1, rejected: 0, duplicate: 0, superseded: 0 },
    ...{ rows: 1, bytes: 1, partitions: [], partition_count: 0, profile_key: 'p' },
  },
});

it.each([
  [200, 8],
  [1000, 15],
])('stages %i files of one table at once, each with at most %i writes on average', async (count, most) => {
  const { clock, pass } = virtualTime(randomFrom('contention').next);
  const store = memoryStore();
  const seen = { writes: 0 };
  const slow = slowStore(store, clock, seen);
  const ids = Array.from({ length: count }, (_, index) => `file-${index}`);
  for (const id of ids) await store.write([received(id)]);

  const staged = await pass(Promise.all(ids.map((id) => stageFile(slow, clock, id))));

  const places = staged.map(({ staged_seq }) => staged_seq!).sort((a, b) => a - b);
  expect(places).toEqual(ids.map((_, index) => index + 1));
  expect(seen.writes / count).toBeLessThan(most);
});
