import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { getFile } from '../../../core/ledger/files.ts';
import { seeded } from '../../engine/seed.ts';
import { fileIdOf, model, type Thing } from './duck-lake.ts';
import {
  again,
  mergeAgain,
  rollback,
  type SnapshotLake,
  snapshotLake,
  stageAgain,
  statusOf,
  undo,
} from './snapshot-lake.ts';

seeded('rollback');

const rows = fc.array(
  fc.record({
    id: fc.constantFrom('1', '2', '3', '4', '5'),
    amount: fc.integer({ min: 0, max: 2 }),
    version: fc.integer({ min: 1, max: 4 }),
    day: fc.constantFrom('2026-03-01', '2026-03-02', '2026-03-03'),
    deleted: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);

type Step =
  | { drop: Thing[] }
  | { undo: number }
  | { again: number }
  | { queue: number }
  | { merge: number }
  | { rollback: number }
  | { rewrite: true };

const history = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ drop: rows }) },
    { weight: 2, arbitrary: fc.record({ undo: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ again: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.record({ queue: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ merge: fc.nat(20) }) },
    { weight: 2, arbitrary: fc.record({ rollback: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.constant({ rewrite: true as const }) },
  ),
  { minLength: 2, maxLength: 10 },
);

/** What lives through a history: the files that have come, by number, and the lake. */
interface Life {
  lake: SnapshotLake;
  files: Map<number, Thing[]>;
  n: number;
  /** The files that are in a snapshot. */
  held: Map<string, number[]>;
}

const newLife = async (key: readonly string[], kept: Dataset['history']): Promise<Life> => {
  const lake = await snapshotLake([...key], kept);
  return { lake, files: new Map(), n: 0, held: new Map([[lake.last(), []]]) };
};

const numbered = async ({ lake, files }: Life, status: string) => {
  const found: number[] = [];
  for (const n of files.keys()) if ((await statusOf(lake, n)) === status) found.push(n);
  return found;
};

const pick = (from: number[], index: number) => (from.length === 0 ? undefined : from[index % from.length]!);

async function live(life: Life, step: Step): Promise<void> {
  const { lake, files } = life;
  life.n += 1;
  if ('drop' in step) {
    const dropped = lake.dataset.key.length > 0 ? step.drop : step.drop.map((row) => ({ ...row, deleted: false }));
    files.set(life.n, dropped);
    await lake.drop(life.n, dropped);
  } else if ('undo' in step) {
    const n = pick(await numbered(life, 'done'), step.undo);
    if (n !== undefined) expect(await undo(lake, n, `undo:${life.n}`)).toBe('undone');
  } else if ('again' in step) {
    const n = pick(await numbered(life, 'undone'), step.again);
    if (n !== undefined) expect(await again(lake, n, `again:${life.n}`)).toBe('done');
  } else if ('queue' in step) {
    const n = pick(await numbered(life, 'undone'), step.queue);
    if (n !== undefined) expect(await stageAgain(lake, n, `again:${life.n}`)).toBe('merge');
  } else if ('merge' in step) {
    const n = pick(await numbered(life, 'staged'), step.merge);
    if (n !== undefined) expect(await mergeAgain(lake, n, `again:${life.n}`)).toBe('done');
  } else if ('rewrite' in step) {
    await lake.rewrite();
  } else {
    const { id } = lake.snapshots[step.rollback % lake.snapshots.length]!;
    const [now, then] = [await lake.content(), await lake.content(id)];
    const waiting = await numbered(life, 'staged');
    const ended = await rollback(lake, id, `rollback:${life.n}`).catch((error: Error) => error.name);
    const isComing = waiting.some((n) => life.held.get(id)!.includes(n));
    const [outcomes, content] = isComing ? [['OperationRefusedError'], now] : [['rolled_back', 'nothing'], then];
    expect(outcomes).toContain(ended);
    expect(await lake.content()).toEqual(content);
    // Another run would have the table when the lease of one that has failed is over.
    lake.clock.advance(1000);
  }
  // Whatever has happened, silver is what the files give that the ledger says are in it, and gold what silver gives.
  const done = new Map((await numbered(life, 'done')).map((n) => [n, files.get(n)!]));
  life.held.set(lake.last(), [...done.keys()]);
  expect(await lake.content()).toEqual(model(lake.dataset, done));
  expect(await lake.goldDifferences()).toEqual([]);
}

describe.each([
  ['with a key', ['id'], 'latest'],
  ['without a key', [], 'latest'],
  ['with every version of a key kept', ['id'], 'scd2'],
] as const)('any history of drops, undos, rollbacks and files that are merged again, %s', (_, key, kept) => {
  it('has in silver what the files give that are in the lake, and in gold what silver gives', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const life = await newLife(key, kept);
        for (const step of steps) await live(life, step);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps to that when files wait, while others go and come, to be merged again', async () => {
    const going = fc.array(
      fc.oneof(
        { weight: 2, arbitrary: fc.record({ undo: fc.nat(20) }) },
        { weight: 3, arbitrary: fc.record({ queue: fc.nat(20) }) },
        { weight: 2, arbitrary: fc.record({ merge: fc.nat(20) }) },
        { weight: 3, arbitrary: fc.record({ rollback: fc.nat(20) }) },
      ),
      { minLength: 5, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(rows, { minLength: 2, maxLength: 3 }), going, async (drops, steps) => {
        const life = await newLife(key, kept);
        for (const step of [...drops.map((drop) => ({ drop })), ...steps]) await live(life, step);
      }),
      { numRuns: 20 },
    );
  });

  it('is as it was when all that a rollback took out is merged again, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(rows, { minLength: 2, maxLength: 5 }),
        fc.nat(20),
        fc.nat(),
        async (drops, to, order) => {
          const life = await newLife(key, kept);
          const { lake } = life;
          for (const drop of drops) await live(life, { drop });
          const before = await lake.content();
          const { id } = lake.snapshots[to % lake.snapshots.length]!;
          await rollback(lake, id);

          const out = await numbered(life, 'undone');
          while (out.length > 0) {
            const [n] = out.splice(order % out.length, 1);
            expect(await again(lake, n!)).toBe('done');
          }

          expect(await lake.content()).toEqual(before);
          expect(await lake.goldDifferences()).toEqual([]);
          for (const n of life.files.keys()) {
            expect(await getFile(lake.ports.ledger, fileIdOf(n))).toMatchObject({ status: 'done' });
          }
        },
      ),
      { numRuns: 10 },
    );
  });
});
