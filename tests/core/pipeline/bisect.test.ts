import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ContractError, QueryRejectedError, StatementRefusedError } from '../../../core/errors.ts';
import { claimFile, fileState, getFile, markFailed } from '../../../core/ledger/files.ts';
import type { BatchItem } from '../../../core/ledger/items.ts';
import type { LedgerStore, Stored } from '../../../core/ledger/store.ts';
import { getTable, stageFile } from '../../../core/ledger/table.ts';
import { releaseLeaseOf } from '../../../core/pipeline/wake.ts';
import { seeded } from '../../engine/seed.ts';
import { memoryStore } from '../incident/memory-store.ts';
import { fakeAthena, fileRef, land, lead, type World, world } from './world.ts';

seeded('bisecting');

/** As the ledger derives it: the item's own word may be late. */
const status = async (ports: World, n: number) =>
  (await fileState(ports.ledger, (await getFile(ports.ledger, `file${n}`))!)).state;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** Files that are staged and wait, as after a burst on a table that another run led. */
async function stage(ports: World, count: number): Promise<void> {
  for (const n of numbers(count)) {
    await land(ports, n, `run${n}`);
    await stageFile(ports.ledger, ports.clock, `file${n}`);
  }
}

/** What report-failure does for a failed run; returns the keys of the files that were woken. */
async function report(ports: World, n: number, run: string, error: unknown, wake = true): Promise<void> {
  await markFailed(ports.ledger, ports.clock, `file${n}`, run, String(error));
  await releaseLeaseOf(ports, [], 'orders', run, wake);
}

const numberOf = (input: string) => Number(/(\d+)\.csv/.exec(JSON.parse(input).detail.object.key)![1]);

/** A run from the start: IdentifyFile's claim, a validation if the file needs one, then the merge and what follows. */
async function wholeRun(ports: World, n: number, run: string) {
  const claimed = await claimFile(ports.ledger, ports.clock, { ...fileRef(n), run });
  if (claimed.status === 'received' || (claimed.status === 'failed' && claimed.verdict === undefined)) {
    await land(ports, n, run);
  }
  return lead(ports, n, run);
}

describe('a batch with a file that cannot be merged', () => {
  it('is split until that file is alone; the others are merged, and only its own run fails', async () => {
    const fake = fakeAthena([], new Set(['stage5']));
    const ports = world(fake);
    await stage(ports, 8);

    expect(await lead(ports, 1, 'run1')).toBe('ingested');

    expect(await Promise.all(numbers(8).map((n) => status(ports, n)))).toEqual(
      numbers(8).map((n) => (n === 5 ? 'failed' : 'done')),
    );
    expect(fake.merged.size).toBe(7);
    expect(ports.started.map(numberOf)).toEqual([5]);
    await expect(wholeRun(ports, 5, 'run5b')).rejects.toMatchObject({
      name: 'QueryRejectedError',
      message: expect.stringMatching(/MERGE of 1 files \(file5\).*HIVE_BAD_DATA: poison/),
    });
    expect(await getTable(ports.ledger, 'orders')).toMatchObject({ open_batch: undefined, owner: undefined });
  });

  it('takes that file in when it is run again after the cause is gone', async () => {
    const poison = new Set(['stage2']);
    const ports = world(fakeAthena([], poison));
    await stage(ports, 3);
    await lead(ports, 1, 'run1');
    await expect(wholeRun(ports, 2, 'run2b')).rejects.toThrow('poison');
    await report(ports, 2, 'run2b', 'poison');

    poison.clear();

    expect(await wholeRun(ports, 2, 'run2c')).toBe('ingested');
    expect(await status(ports, 2)).toBe('done');
  });

  it('fails the leading run when the file is its own, and a run that is woken goes on with the rest', async () => {
    const ports = world(fakeAthena([], new Set(['stage1'])));
    await stage(ports, 6);

    await expect(lead(ports, 1, 'run1')).rejects.toThrow('poison');
    await report(ports, 1, 'run1', 'poison');
    const [woken] = ports.started.map(numberOf);
    expect(await wholeRun(ports, woken!, 'woken')).toBe('ingested');

    expect(await Promise.all(numbers(6).map((n) => status(ports, n)))).toEqual([
      'failed',
      ...Array<string>(5).fill('done'),
    ]);
  });

  it('gives what is merged later a greater number, so that marts see every part', async () => {
    const store = memoryStore();
    const ports = world(fakeAthena([], new Set(['stage4', 'stage9'])), store);
    await stage(ports, 12);

    await lead(ports, 1, 'run1');

    const batches = [...store.items.values()].filter(({ sk }) => sk.startsWith('batch#')) as BatchItem[];
    const done = batches.filter(({ status }) => status === 'done').sort((a, b) => a.batch_seq - b.batch_seq);
    expect(done.length).toBeGreaterThan(2);
    expect(new Set(done.map(({ batch_seq }) => batch_seq)).size).toBe(done.length);
    expect((await getTable(store, 'orders')).committed?.batch_seq).toBe(done.at(-1)!.batch_seq);
    // Snapshot numbers of the fake grow with every commit.
    expect(done.map(({ snapshot_id }) => Number(snapshot_id))).toEqual(
      done.map(({ snapshot_id }) => Number(snapshot_id)).sort((a, b) => a - b),
    );
  });
});

describe('a batch that is too large for Athena', () => {
  it('is halved at once', async () => {
    const fake = fakeAthena(['Query exhausted resources at this scale factor']);
    const ports = world(fake);
    await stage(ports, 4);

    expect(await lead(ports, 1, 'run1')).toBe('ingested');

    expect(fake.merges.map((stages) => stages.length)).toEqual([4, 2, 2]);
  });
});

describe('a statement that would fail with any file', () => {
  const refusing = (ports: World, error: Error): World => ({
    ...ports,
    athena: {
      ...ports.athena,
      start: async () => {
        throw error;
      },
    },
  });

  it.each([
    new StatementRefusedError('PERMISSION_DENIED'),
    new ContractError('column amount of silver.orders is double'),
  ])('condemns none: %s', async (error) => {
    const ports = world(fakeAthena());
    await stage(ports, 5);

    await expect(lead(refusing(ports, error), 1, 'run1')).rejects.toThrow(error.message);
    await report(ports, 1, 'run1', error, false);

    expect(await Promise.all(numbers(5).map((n) => status(ports, n)))).toEqual(Array<string>(5).fill('staged'));
    expect(ports.started).toEqual([]);
    expect(await wholeRun(ports, 1, 'run1b')).toBe('ingested');
    expect(await Promise.all(numbers(5).map((n) => status(ports, n)))).toEqual(Array<string>(5).fill('done'));
  });
});

describe('a table that cannot be made', () => {
  it('condemns no file', async () => {
    const ports = world(fakeAthena());
    await stage(ports, 3);
    const columns = async () => undefined;
    const exists = async () => false;
    const start = async () => {
      throw new QueryRejectedError('Athena refused the statement: the location is not empty');
    };
    const broken: World = {
      ...ports,
      catalog: { ...ports.catalog, exists, columns },
      athena: { ...ports.athena, start },
    };

    await expect(lead(broken, 1, 'run1')).rejects.toMatchObject({ name: 'StatementRefusedError' });

    expect(await Promise.all(numbers(3).map((n) => status(ports, n)))).toEqual(Array<string>(3).fill('staged'));
  });
});

describe('bisecting under fire', () => {
  /** A ledger and an Athena of which each call may be the last of its process, before or after it took effect. */
  const mortal = (ports: World, calls: () => 'before' | 'after' | undefined): World => {
    const crash = async <T>(act: () => Promise<T>): Promise<T> => {
      const when = calls();
      if (when === 'before') throw new Error('killed');
      const result = await act();
      if (when === 'after') throw new Error('killed');
      return result;
    };
    const ledger: LedgerStore = {
      ...ports.ledger,
      write: (items: Stored[], gone?: Stored[]) => crash(() => ports.ledger.write(items, gone)),
    };
    return {
      ...ports,
      ledger,
      athena: { ...ports.athena, start: (sql, token) => crash(() => ports.athena.start(sql, token)) },
      startRun: (input) => crash(() => ports.startRun(input)),
    };
  };

  it('ends with every sound file merged and every other failed, wherever processes die', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 4 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.boolean()), { maxLength: 5 }),
        async (count, bad, deaths) => {
          const fake = fakeAthena([], new Set(bad.map((n) => `stage${n}`)));
          const ports = world(fake);
          await stage(ports, count);
          const pending = [...deaths];
          let left = pending[0]?.[0] ?? Number.POSITIVE_INFINITY;
          const calls = () => {
            if (left-- > 0) return undefined;
            const [, before] = pending.shift()!;
            left = pending[0]?.[0] ?? Number.POSITIVE_INFINITY;
            return before ? 'before' : 'after';
          };
          const queue = [1];
          for (let attempt = 0; queue.length > 0 && attempt < 200; attempt++) {
            const n = queue.shift()!;
            const run = `attempt${attempt}`;
            try {
              await wholeRun(mortal(ports, calls), n, run);
            } catch (error) {
              // A task that was killed is run again; a run that failed is reported.
              if (String(error).includes('killed')) {
                await releaseLeaseOf({ ...ports, startRun: async () => '' }, [], 'orders', run, false);
                queue.push(n);
              } else await report(ports, n, run, error);
            }
            queue.push(...ports.started.splice(0).map(numberOf));
            const { open_batch, staged_seq, planned_seq } = await getTable(ports.ledger, 'orders');
            const waits = open_batch !== undefined || staged_seq > planned_seq;
            // The sweep.
            if (queue.length === 0 && waits) queue.push(1);
          }

          for (const n of numbers(count)) {
            expect([n, await status(ports, n)]).toEqual([n, bad.includes(n) ? 'failed' : 'done']);
            expect(fake.merged.has(`stage${n}`)).toBe(!bad.includes(n));
          }
          expect(await getTable(ports.ledger, 'orders')).toMatchObject({ owner: undefined, open_batch: undefined });
        },
      ),
      { numRuns: 200 },
    );
  });
});
