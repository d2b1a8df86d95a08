import { describe, expect, it } from '@jest/globals';
import { getFile } from '../../../core/ledger/files.ts';
import type { LedgerStore } from '../../../core/ledger/store.ts';
import { getTable, leaseSeconds } from '../../../core/ledger/table.ts';
import { mergeRows } from '../../../core/pipeline/merge.ts';
import { releaseLeaseOf } from '../../../core/pipeline/wake.ts';
import type { Athena } from '../../../core/ports.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';
import { fakeAthena, fileRef, land, lead, orders, type World, world } from './world.ts';

const status = async (ports: World, n: number) => (await getFile(ports.ledger, fileRef(n).file_id))?.status;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('leading a table', () => {
  it('merges a file, marks it done and frees the lease', async () => {
    const fake = fakeAthena();
    const ports = world(fake);
    await land(ports, 1, 'run1');

    expect(await lead(ports, 1, 'run1')).toBe('ingested');

    expect(await status(ports, 1)).toBe('done');
    expect(fake.merges).toEqual([['stage1']]);
    expect((await getTable(ports.ledger, 'orders')).owner).toBeUndefined();
  });

  it('merges the files of thirty runs at once, each exactly once, with every run but the leaders handing over', async () => {
    const fake = fakeAthena();
    const ports = world(fake);
    await Promise.all(numbers(30).map((n) => land(ports, n, `run${n}`)));

    const ends = await Promise.all(numbers(30).map((n) => lead(ports, n, `run${n}`)));

    expect(fake.merges.flat().sort()).toEqual(
      numbers(30)
        .map((n) => `stage${n}`)
        .sort(),
    );
    expect(await Promise.all(numbers(30).map((n) => status(ports, n)))).toEqual(numbers(30).map(() => 'done'));
    expect(ends.filter((end) => end === 'ingested').length).toBeGreaterThan(0);
    expect((await getTable(ports.ledger, 'orders')).owner).toBeUndefined();
  });

  it('hands over while another run leads, and the leader takes the file in its next batch', async () => {
    const fake = fakeAthena(['running']);
    const ports = world(fake);
    await land(ports, 1, 'run1');
    await land(ports, 2, 'run2');

    expect(await lead(ports, 1, 'run1')).toBe('running');
    expect(await lead(ports, 2, 'run2')).toBe('handed_over');
    fake.end();
    expect(await lead(ports, 1, 'run1')).toBe('ingested');

    expect(fake.merges).toEqual([['stage1'], ['stage2']]);
    expect(await status(ports, 2)).toBe('done');
  });

  it('takes over an expired lease and resumes the query under way instead of starting another', async () => {
    const fake = fakeAthena(['running']);
    const clock = handClock();
    const ports = world(fake, memoryStore(), clock);
    await land(ports, 1, 'run1');
    await land(ports, 2, 'run2');
    await lead(ports, 1, 'run1');
    clock.advance(leaseSeconds + 1);

    fake.end();
    expect(await lead(ports, 2, 'run2')).toBe('ingested');

    expect(fake.merges).toEqual([['stage1'], ['stage2']]);
    expect(await lead(ports, 1, 'run1')).toBe('handed_over');
  });

  it('starts another attempt with a new token after a commit conflict', async () => {
    const fake = fakeAthena(['ICEBERG_COMMIT_ERROR: Failed to commit']);
    const ports = world(fake);
    await land(ports, 1, 'run1');

    await expect(lead(ports, 1, 'run1')).rejects.toMatchObject({ name: 'CommitConflictError' });
    expect(await lead(ports, 1, 'run1')).toBe('ingested');

    expect(fake.merges).toEqual([['stage1'], ['stage1']]);
  });

  it('goes on by itself after conflicts with another writer, as long as the call has time', async () => {
    const conflict = 'ICEBERG_COMMIT_ERROR: Failed to commit';
    const fake = fakeAthena([conflict, conflict, conflict]);
    const ports = { ...world(fake), pollMilliseconds: 60_000 };
    await land(ports, 1, 'run1');

    expect(await lead(ports, 1, 'run1')).toBe('ingested');

    expect(fake.merges).toEqual(Array(4).fill(['stage1']));
  });

  it('records a batch that fails for good with all its files, and the next run goes on without it', async () => {
    const fake = fakeAthena(['HIVE_BAD_DATA: not Parquet']);
    const ports = world(fake);
    await land(ports, 1, 'run1');
    await land(ports, 2, 'run2');

    await expect(lead(ports, 1, 'run1')).rejects.toThrow('HIVE_BAD_DATA');
    await releaseLeaseOf({ ...ports, startRun: async () => '' }, [], 'orders', 'run1');
    expect(await lead(ports, 2, 'run2')).toBe('ingested');

    expect(await status(ports, 1)).toBe('failed');
    expect(await status(ports, 2)).toBe('done');
  });

  it('fails the run when silver lacks a staged row', async () => {
    const fake = fakeAthena();
    const ports = world(fake);
    await land(ports, 1, 'run1');
    fake.merged.add = () => fake.merged;

    await expect(lead(ports, 1, 'run1')).rejects.toMatchObject({ name: 'RowConservationError' });

    expect(await status(ports, 1)).toBe('staged');
  });

  it('refuses to merge rows into a table whose rows are told apart in another way, and leaves the file staged', async () => {
    const ports = world(fakeAthena());
    await land(ports, 1, 'run1');
    await lead(ports, 1, 'run1');
    await land(ports, 2, 'run2');

    const versions = { ...orders, history: 'scd2' as const };
    await expect(mergeRows(ports, versions, fileRef(2), 'run2')).rejects.toThrow(
      'rows of silver.orders are told apart by order_id, and by its contract (key, history) by order_id, meta_row_hash',
    );

    expect(await status(ports, 2)).toBe('staged');
  });

  it('wakes a staged file when a leading run has failed, but never one whose own run failed', async () => {
    const fake = fakeAthena(['running']);
    const ports = world(fake);
    await land(ports, 1, 'run1');
    await land(ports, 2, 'run2');
    await lead(ports, 1, 'run1');
    await lead(ports, 2, 'run2');
    const wake = { ...ports, startRun: async (input: string) => input };

    const woken = await releaseLeaseOf(wake, [], 'orders', 'run1');

    expect(JSON.parse(woken!)).toMatchObject({
      detail: { object: { key: 'landing/orders/2.csv', 'version-id': 'v2' } },
    });
    expect((await getTable(ports.ledger, 'orders')).owner).toBeUndefined();
  });
});

/** Throws at the n-th call of the ports' side effects, before or after it took place. */
function faulty(ledger: LedgerStore, athena: Athena, at: number, when: 'before' | 'after') {
  let calls = 0;
  const around = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      const mine = ++calls === at;
      if (mine && when === 'before') throw new Error('crash');
      const result = await call(...args);
      if (mine) throw new Error('crash');
      return result;
    };
  };
  return {
    ledger: { ...ledger, write: around(ledger.write), get: around(ledger.get) } as LedgerStore,
    athena: { ...athena, start: around(athena.start), get: around(athena.get) },
    crashed: () => calls >= at,
  };
}

describe('a crash at any point', () => {
  it.each(['before', 'after'] as const)('ends the same when the run goes on: %s a side effect', async (when) => {
    let points = 0;
    for (let at = 1; ; at++) {
      const fake = fakeAthena();
      const store = memoryStore();
      const ports = world(fake, store);
      await land(ports, 1, 'run1');
      await land(ports, 2, 'run2');
      const fault = faulty(store, fake.athena, at, when);

      const first = await lead({ ...ports, ledger: fault.ledger, athena: fault.athena }, 1, 'run1').catch(
        (error: Error) => error.message,
      );
      if (!fault.crashed()) break;
      points++;
      expect(['crash', 'ingested', 'handed_over']).toContain(first);
      await lead(ports, 1, 'run1');
      await lead(ports, 2, 'run2');

      expect([...fake.merged].sort()).toEqual(['stage1', 'stage2']);
      expect(await status(ports, 1)).toBe('done');
      expect(await status(ports, 2)).toBe('done');
      expect((await getTable(ports.ledger, 'orders')).owner).toBeUndefined();
      expect(fake.merges.length).toBe(2);
    }
    expect(points).toBeGreaterThan(15);
  });
});
