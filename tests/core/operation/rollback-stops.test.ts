import { describe, expect, it } from '@jest/globals';
import { getFile, updateFile } from '../../../core/ledger/files.ts';
import type { FileItem } from '../../../core/ledger/items.ts';
import { getTable } from '../../../core/ledger/table.ts';
import { currentOperation } from '../../../core/operation/current.ts';
import { getOperation } from '../../../core/operation/item.ts';
import { type RollbackItem, rollbackId } from '../../../core/operation/rollback-item.ts';
import { fileIdOf, model, type Thing } from './duck-lake.ts';
import {
  again,
  mergeAgain,
  rollback,
  type SnapshotLake,
  snapshotLake,
  stageAgain,
  statusOf,
  thing,
  undo,
} from './snapshot-lake.ts';

const a = [thing('1', 1, 1), thing('2', 2, 1), thing('4', 4, 1)];
const b = [thing('2', 20, 2), thing('3', 3, 2, '2026-03-09'), thing('4', 40, 2)];
const c = [thing('4', 400, 3), thing('6', 6, 3)];
const d = [thing('2', 200, 0), thing('7', 7, 7)];
const e = [thing('8', 8, 8)];

/** A is in, C and B have come after it, and B has been undone before the third snapshot and is back after it. */
async function history(): Promise<{ lake: SnapshotLake; to: string }> {
  const lake = await snapshotLake();
  await lake.drop(1, a);
  await lake.drop(2, b);
  const to = lake.last();
  await lake.drop(3, c);
  await updateFile(lake.ports.ledger, lake.clock, fileIdOf(3), ({ counts }) => ({
    counts: { ...counts!, rejected: 1 },
  }));
  await undo(lake, 2);
  return { lake, to };
}

/** Ports that die at one of their side effects. */
function mortal(lake: SnapshotLake, last: number) {
  let calls = 0;
  const dying =
    <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const result = await work(...args);
      calls += 1;
      if (calls === last) throw new Error('stopped');
      return result;
    };
  const { ledger, athena, catalog } = lake.ports;
  const ports = {
    ...lake.ports,
    ledger: { ...ledger, write: dying(ledger.write) },
    athena: { ...athena, start: dying(athena.start), get: dying(athena.get) },
    catalog: { ...catalog, registerQuarantine: dying(catalog.registerQuarantine) },
  };
  return { ports, calls: () => calls };
}

const statuses = async (lake: SnapshotLake) => [
  await statusOf(lake, 1),
  await statusOf(lake, 2),
  await statusOf(lake, 3),
];

describe('a rollback that stops', () => {
  /** Ledger writes, query starts, looks at queries and the quarantine: what is done is done, but nobody hears of it. */
  const effects = Array.from({ length: 75 }, (_, n) => n + 1);

  it('has as many side effects as are tried', async () => {
    const { lake, to } = await history();
    const counted = mortal(lake, 0);
    await rollback(lake, to, 'run:one', counted.ports);

    expect(counted.calls()).toBeGreaterThan(40);
    expect(counted.calls()).toBeLessThanOrEqual(effects.length);
  });

  it('after any of its side effects ends the same when its run is continued', async () => {
    for (const last of effects) {
      const { lake, to } = await history();
      await rollback(lake, to, 'run:one', mortal(lake, last).ports).catch(() => undefined);

      await rollback(lake, to, 'run:one');

      expect([last, await lake.content()]).toEqual([last, await lake.content(to)]);
      expect([last, await statuses(lake)]).toEqual([last, ['done', 'done', 'undone']]);
      expect([last, await lake.goldDifferences()]).toEqual([last, []]);
      expect((await getTable(lake.ports.ledger, 'things')).owner).toBeUndefined();
      expect(await currentOperation(lake.ports.ledger, 'things')).toBeUndefined();
    }
  }, 240_000);

  it('ends as if it were alone when others merge before another run goes on', async () => {
    for (const last of effects.filter((n) => n % 4 === 0)) {
      const { lake, to } = await history();
      await rollback(lake, to, 'run:one', mortal(lake, last).ports).catch(() => undefined);
      const id = rollbackId('run:one');
      const hasCommitted = (await getOperation<RollbackItem>(lake.ports.ledger, id))?.committed_at !== undefined;
      const hasEnded = (await currentOperation(lake.ports.ledger, 'things')) === undefined && hasCommitted;
      lake.clock.advance(1000);
      await lake.drop(4, d);

      // One that has ended is no more: the next is another.
      if (!hasEnded) await rollback(lake, to, 'run:two');

      const left = new Map([[1, a], [2, b], ...(hasCommitted ? ([[4, d]] as const) : [])] as const);
      expect([last, await lake.content()]).toEqual([last, model(lake.dataset, new Map(left))]);
      expect([last, await statusOf(lake, 4)]).toEqual([last, hasCommitted ? 'done' : 'undone']);
      expect([last, await statuses(lake)]).toEqual([last, ['done', 'done', 'undone']]);
      expect([last, await lake.goldDifferences()]).toEqual([last, []]);
    }
  }, 240_000);

  it('is led to no state that others have made of what it had done', async () => {
    const refused: number[] = [];
    for (const last of effects.filter((n) => n % 3 === 0)) {
      const { lake, to } = await history();
      await rollback(lake, to, 'run:one', mortal(lake, last).ports).catch(() => undefined);
      lake.clock.advance(1000);
      await lake.drop(4, d);
      const newest = lake.last();
      await lake.drop(5, e);

      const ended = await rollback(lake, newest, 'run:two').catch((error: Error) => error.name);
      if (ended === 'OperationRefusedError') {
        refused.push(last);
        lake.clock.advance(1000);
        expect([last, await rollback(lake, to, 'run:three')]).toEqual([last, 'rolled_back']);
      }

      const done = new Map<number, Thing[]>();
      for (const [n, rows] of [a, b, c, d, e].entries()) {
        if ((await statusOf(lake, n + 1)) === 'done') done.set(n + 1, rows);
      }
      expect([last, await lake.content()]).toEqual([last, model(lake.dataset, done)]);
      expect([last, await lake.goldDifferences()]).toEqual([last, []]);
    }
    expect(refused.length).toBeGreaterThan(5);
  }, 240_000);

  it('leaves a file alone that waited when it committed', async () => {
    const lake = await snapshotLake();
    await lake.drop(1, a);
    const to = lake.last();
    await lake.drop(2, b);
    await undo(lake, 2);
    await lake.drop(3, c);
    await stageAgain(lake, 2);
    const { ledger } = lake.ports;
    let committed = false;
    const write: typeof ledger.write = async (items, gone) => {
      if (committed) throw new Error('stopped');
      await ledger.write(items, gone);
      committed = items.some((item) => (item as unknown as RollbackItem).committed_at !== undefined);
    };
    const dying = { ...lake.ports, ledger: { ...ledger, write } };
    await expect(rollback(lake, to, 'run:one', dying)).rejects.toThrow('stopped');
    lake.clock.advance(1000);
    expect(await mergeAgain(lake, 2)).toBe('done');

    expect(await rollback(lake, to, 'run:two')).toBe('rolled_back');

    expect(await statuses(lake)).toEqual(['done', 'done', 'undone']);
    expect(await lake.content()).toEqual(
      model(
        lake.dataset,
        new Map([
          [1, a],
          [2, b],
        ]),
      ),
    );
  });

  it('keeps undo away until it is through, and can be led to another snapshot before its commit', async () => {
    const { lake, to } = await history();
    const first = lake.snapshots[0]!.id;
    const dying = { ...lake.ports.catalog, currentSnapshot: () => Promise.reject(new Error('stopped')) };
    await expect(rollback(lake, to, 'run:one', { ...lake.ports, catalog: dying })).rejects.toThrow('stopped');
    lake.clock.advance(1000);
    await lake.drop(4, d);

    await expect(undo(lake, 1)).rejects.toMatchObject({
      name: 'OperationRefusedError',
      message: expect.stringContaining('ended before it was through'),
    });

    expect(await rollback(lake, first, 'run:two')).toBe('rolled_back');
    expect(await lake.content()).toEqual([]);
    expect([...(await statuses(lake)), await statusOf(lake, 4)]).toEqual(['undone', 'undone', 'undone', 'undone']);
    expect(await again(lake, 4)).toBe('done');
  });

  it('goes on after its commit although the snapshot has expired, and to no other one', async () => {
    const { lake, to } = await history();
    const { ledger } = lake.ports;
    const write: typeof ledger.write = async (...given) => {
      await ledger.write(...given);
      if (given[0].some((item) => (item as unknown as RollbackItem).committed_at !== undefined))
        throw new Error('stopped');
    };
    await expect(rollback(lake, to, 'run:one', { ...lake.ports, ledger: { ...ledger, write } })).rejects.toThrow(
      'stopped',
    );
    lake.clock.advance(1000);
    await lake.expire(1);

    await expect(rollback(lake, lake.last(), 'run:two')).rejects.toMatchObject({ name: 'OperationRefusedError' });
    expect(await rollback(lake, to, 'run:three')).toBe('rolled_back');

    expect(await statuses(lake)).toEqual(['done', 'done', 'undone']);
    expect(await lake.content()).toEqual(
      model(
        lake.dataset,
        new Map([
          [1, a],
          [2, b],
        ]),
      ),
    );
  });

  /** One that has committed and marked the first of its files as out, and no more. */
  async function stoppedHalfWay(lake: SnapshotLake, to: string): Promise<void> {
    const { ledger } = lake.ports;
    const write: typeof ledger.write = async (...given) => {
      await ledger.write(...given);
      if (given[0].some((item) => (item as unknown as FileItem).rolled_back !== undefined)) throw new Error('stopped');
    };
    const dying = { ...lake.ports, ledger: { ...ledger, write } };
    await expect(rollback(lake, to, 'run:one', dying)).rejects.toThrow('stopped');
    lake.clock.advance(1000);
  }

  it('lets no file be merged again before its end, and says what to do; then it does', async () => {
    const { lake, to } = await history();
    await stoppedHalfWay(lake, to);
    const before = await getFile(lake.ports.ledger, fileIdOf(3));

    await expect(again(lake, 3)).rejects.toMatchObject({
      name: 'OperationRefusedError',
      message: expect.stringContaining(`\`npx tributary rollback --dataset things --to ${to}\``),
    });

    expect(before).toMatchObject({ status: 'undone' });
    expect(await getFile(lake.ports.ledger, fileIdOf(3))).toEqual(before);
    expect(await rollback(lake, to, 'run:two')).toBe('rolled_back');
    expect(await again(lake, 3)).toBe('done');
    expect(await statuses(lake)).toEqual(['done', 'done', 'done']);
  });

  it('leaves a file as it is that has been merged again after all, by a run that had looked before it began', async () => {
    const { lake, to } = await history();
    await stoppedHalfWay(lake, to);
    const { ledger } = lake.ports;
    lake.identify.ledger = { ...ledger, get: async (pk, sk) => (sk === 'current' ? undefined : ledger.get(pk, sk)) };
    expect(await again(lake, 3)).toBe('done');

    expect(await rollback(lake, to, 'run:two')).toBe('rolled_back');

    expect(await statuses(lake)).toEqual(['done', 'done', 'done']);
    const all = new Map([1, 2, 3].map((n) => [n, [a, b, c][n - 1]!]));
    expect(await lake.content()).toEqual(model(lake.dataset, all));
    expect(await lake.goldDifferences()).toEqual([]);
  });
});

describe('an undo that stops', () => {
  const ended = async (lake: SnapshotLake) => {
    const done = new Map<number, Thing[]>();
    for (const [n, rows] of [a, b, c, d, e].entries()) {
      if ((await statusOf(lake, n + 1)) === 'done') done.set(n + 1, rows);
    }
    return model(lake.dataset, done);
  };

  it('makes what others merge after it no states to go back to; those before it are, and then those after that', async () => {
    const refused: number[] = [];
    for (let last = 1; last <= 40; last += 3) {
      const lake = await snapshotLake();
      await lake.drop(1, a);
      await lake.drop(2, b);
      const before = lake.last();
      await undo(lake, 2, 'undo:one', mortal(lake, last).ports).catch(() => undefined);
      lake.clock.advance(1000);
      await lake.drop(3, c);
      const after = lake.last();
      await lake.drop(4, d);

      const there = await rollback(lake, after, 'run:after').catch((error: Error) => error.name);
      if (there === 'OperationRefusedError') {
        refused.push(last);
        lake.clock.advance(1000);
        expect([last, await rollback(lake, before, 'run:before')]).toEqual([last, 'rolled_back']);
      }
      expect([last, await lake.content()]).toEqual([last, await ended(lake)]);
      await lake.drop(5, e);
      const again = lake.last();
      await undo(lake, 5);
      expect([last, await rollback(lake, again, 'run:again')]).toEqual([last, 'rolled_back']);
      expect([last, await lake.content()]).toEqual([last, await ended(lake)]);

      // Its run goes on after all.
      if ((await statusOf(lake, 2)) === 'done')
        expect([last, await undo(lake, 2, 'undo:two')]).toEqual([last, 'undone']);
      expect([last, await lake.content()]).toEqual([last, await ended(lake)]);
      expect([last, await lake.goldDifferences()]).toEqual([last, []]);
    }
    expect(refused.length).toBeGreaterThan(3);
  }, 240_000);

  it('commits nothing behind a rollback that came after it', async () => {
    const lake = await snapshotLake();
    await lake.drop(1, a);
    await lake.drop(2, b);
    const before = lake.last();
    const { athena } = lake.ports;
    let late = '';
    const start: typeof athena.start = async (sql, token) => {
      const id = await athena.start(sql, token);
      if (!sql.startsWith('merge into si.')) return id;
      late = id;
      throw new Error('stopped');
    };
    await expect(undo(lake, 2, 'undo:one', { ...lake.ports, athena: { ...athena, start } })).rejects.toThrow('stopped');
    lake.clock.advance(1000);
    await lake.drop(3, c);

    expect(await rollback(lake, before, 'run:rollback')).toBe('rolled_back');

    // Whenever its statement comes to its end: it has been seen to.
    await athena.get(late);
    expect(await lake.content()).toEqual(await lake.content(before));
    expect([await statusOf(lake, 2), await statusOf(lake, 3)]).toEqual(['done', 'undone']);
    expect(await lake.goldDifferences()).toEqual([]);
  });
});
