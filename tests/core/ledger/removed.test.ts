import { describe, expect, it } from '@jest/globals';
import { endOf, over, removal, removalsOf, unfinished } from '../../../core/ledger/removed.ts';
import { memoryStore } from '../incident/memory-store.ts';

const undo = (seq: number, snapshot_id?: string | null) =>
  removal('t', { kind: 'undo', operation: 'undo-f', seq, since: seq, snapshot_id });
const rollback = (seq: number, snapshot_id?: string) =>
  removal('t', { kind: 'rollback', operation: `rollback-${seq}`, seq, since: seq, snapshot_id });

describe('a removal', () => {
  it('ends with its own commit, under whatever number, or with that of a rollback, whichever is first', () => {
    const [first, second, own] = [undo(3), undo(5), undo(8, '80')];

    expect(endOf(first, [first])).toBeUndefined();
    expect(endOf(first, [first, second, own])).toBe(own);
    expect(endOf(first, [first, rollback(4), rollback(6, '60'), own])?.seq).toBe(6);
    expect(endOf(second, [rollback(4, '40'), second, { ...own, operation: 'undo-g' }])).toBeUndefined();
  });

  it('is finished when its commit found no snapshot, and when a replay has built the table since', () => {
    expect(unfinished([undo(3, null)])).toEqual([]);
    expect(unfinished([undo(3), undo(7)], 5)).toEqual([undo(7)]);
  });

  it('keeps what it was begun with when it is completed', async () => {
    const store = memoryStore();
    await store.write([{ ...undo(3), previous: 2 } as never]);

    await store.write([await over(store, undo(3, '30')), await over(store, undo(12, '120'))]);

    const all = await removalsOf(store, 't');
    expect(all).toMatchObject([
      { seq: 3, previous: 2, snapshot_id: '30', rev: 2 },
      { seq: 12, rev: 1 },
    ]);
  });
});
