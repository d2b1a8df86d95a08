import { describe, expect, it } from '@jest/globals';
import type { FileItem } from '../../../core/ledger/items.ts';
import { type BandItem, judgeBatch } from '../../../core/quality/learn.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';

const file = (name: string, size = 1000): FileItem =>
  ({
    ...{ file_id: name, dataset: 'orders', size },
    counts: { in: 10, accepted: 10, rejected: 0, duplicate: 0, superseded: 0 },
  }) as FileItem;
const files = (from: number, count: number) => Array.from({ length: count }, (_, n) => file(`f${from + n}`));

function world() {
  const store = memoryStore();
  const judge = async (batch: number, of: FileItem[]) => {
    const found = await judgeBatch(store, handClock(), 'orders', batch, of);
    return [...found].filter(([, anomalies]) => anomalies.length > 0).map(([id]) => id);
  };
  const band = async () => (await store.get<BandItem>('band#orders', 'band'))!;
  return { store, judge, band };
}

describe('learning from a batch', () => {
  it('compares each file with those before it, of its own batch too', async () => {
    const { judge } = world();

    expect(await judge(1, files(0, 7))).toEqual([]);
    expect(await judge(2, [file('early', 9e6), file('f7'), file('late', 9e6)])).toEqual(['late']);
  });

  it('finds the same when it is repeated, and counts no file twice, also of a batch that is larger than the band', async () => {
    const { judge, band } = world();
    await judge(1, files(0, 10));
    const batch = [file('big', 9e6), ...files(100, 120), file('small', 1)];
    const first = await judge(2, batch);
    const learned = await band();

    const second = await judge(2, batch);

    expect(first).toEqual(['big', 'small']);
    expect(second).toEqual(first);
    expect(await band()).toEqual(learned);
    expect(learned.files.length).toBe(50);
    expect(new Set(learned.files.map(({ file_id }) => file_id)).size).toBe(50);
  });

  it('compares a file with none that came behind it, when it is repeated', async () => {
    const { judge } = world();
    const batch = [file('first', 9e6), ...files(0, 20)];

    expect(await judge(1, batch)).toEqual([]);
    expect(await judge(1, batch)).toEqual([]);
  });

  it('counts a file once that was taken out and has come again', async () => {
    const { judge, band } = world();
    await judge(1, files(0, 10));

    await judge(2, [file('f3', 1100)]);

    const { files: learned } = await band();
    expect(learned.length).toBe(10);
    expect(learned.at(-1)).toMatchObject({ file_id: 'f3', size: 1100 });
  });

  it('is refused to a run whose batch another has ended, when a later one is through', async () => {
    const { judge, band } = world();
    await judge(5, files(0, 3));
    await judge(6, files(3, 3));
    const learned = await band();

    await expect(judge(5, files(0, 3))).rejects.toThrow('batch 5 of orders was ended by another run');

    expect(await band()).toEqual(learned);
  });

  it('by two at once is learned once', async () => {
    const { judge, band } = world();
    await judge(1, files(0, 10));

    const both = await Promise.all([judge(2, [file('big', 9e6)]), judge(2, [file('big', 9e6)])]);

    expect(both).toEqual([['big'], ['big']]);
    expect((await band()).files.length).toBe(11);
  });
});
