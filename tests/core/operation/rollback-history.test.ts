import { describe, expect, it } from '@jest/globals';
import type { BatchItem, TableItem } from '../../../core/ledger/items.ts';
import { removal } from '../../../core/ledger/removed.ts';
import { batchKey } from '../../../core/ledger/table.ts';
import { readSnapshots, type Snapshot, stateAt, statesOf, timeOf } from '../../../core/operation/rollback-history.ts';
import { memoryStore } from '../incident/memory-store.ts';

const at = (n: number) => `2026-03-01T00:00:${String(n).padStart(2, '0')}.000Z`;
const id = (n: number) => `10000000000000000${String(n).padStart(2, '0')}`;

/** Snapshots one after the other, the first of an empty table: `overwrite` unless told. */
const chain = (operations: string[], parent: string | null = null): Snapshot[] =>
  operations.map((operation, n) => ({
    ...{ id: id(n), parent: n === 0 ? parent : id(n - 1), at: at(n), operation, rows: n === 0 ? 0 : 10 },
  }));

const batch = (seq: number, snapshot: number, change: Partial<BatchItem> = {}): BatchItem =>
  ({
    ...{ pk: 'table#t', sk: batchKey(seq), rev: 0, to_seq: seq, from_seq: seq, batch_seq: seq, status: 'done' },
    ...{ file_ids: [`f${seq}`], snapshot_id: id(snapshot) },
    ...change,
  }) as BatchItem;

async function judged(snapshots: Snapshot[], items: object[], table: Partial<TableItem> = {}) {
  const store = memoryStore();
  const all = [...items, { pk: 'table#t', sk: 'lease', rev: 0, ...table }] as never[];
  for (let start = 0; start < all.length; start += 100) await store.write(all.slice(start, start + 100));
  return statesOf(store, 't', snapshots);
}

const not = async (...given: Parameters<typeof judged>) =>
  (await judged(...given)).map((state) => state.not ?? 'whole');

describe('the states of a table', () => {
  it('are those in which a commit ended, and what the rewriting of files made of them', async () => {
    const states = await judged(chain(['append', 'overwrite', 'replace', 'overwrite']), [
      batch(1, 1),
      batch(2, 1),
      batch(3, 3),
    ]);

    expect(states.map(({ not }) => not)).toEqual([undefined, undefined, undefined, undefined]);
    expect(states.map(({ commits }) => commits.map(({ seq }) => seq))).toEqual([[], [1, 2], [], [3]]);
  });

  it('are found in the order of their parents, whatever their times are, and without those that are none of theirs', async () => {
    const [a, b, c] = chain(['append', 'overwrite', 'overwrite']);
    const early = { ...c!, at: a!.at };

    expect((await judged([early, a!, b!], [])).map((state) => state.id)).toEqual([a!.id, b!.id, c!.id]);
  });

  it('are none in the middle of a wide batch, of another program, or of a batch that failed', async () => {
    const middle = 'it is in the middle of a commit, or another program wrote it';

    const found = await not(chain(['append', 'overwrite', 'overwrite', 'delete', 'replace', 'overwrite']), [
      ...[batch(1, 2), batch(2, 3, { status: 'failed' }), batch(3, 5)],
    ]);

    expect(found).toEqual(['whole', middle, 'whole', middle, middle, 'whole']);
  });

  it('include the oldest after others have expired, if it is the rewriting of files', async () => {
    expect(await not(chain(['replace', 'overwrite'], id(99)), [batch(1, 1)])).toEqual(['whole', 'whole']);
  });

  it('are none while a replay was building the table', async () => {
    const found = await not(chain(['append', 'overwrite', 'overwrite', 'overwrite']), [batch(9, 3)], {
      rebuilt_snapshot: id(2),
    });

    const building = 'it was not seen by readers: the replay that made the table was building it';
    expect(found).toEqual([building, building, 'whole', 'whole']);
  });

  it('are none in which an operation had done half of what it did', async () => {
    const undo = {
      kind: 'undo' as const,
      operation: 'undo-f',
      snapshot_id: id(4),
      file: { file_id: 'f1', was: 'done' as const },
    };
    const found = await not(chain(['append', 'overwrite', 'overwrite', 'overwrite', 'overwrite', 'overwrite']), [
      ...[batch(1, 1), batch(3, 3), batch(5, 5)],
      // It had written under the number 2, lost the table, and come to its end under 4.
      removal('t', { ...undo, seq: 4, since: 2 }),
    ]);

    const half = 'undo-f was half done then';
    const middle = 'it is in the middle of a commit, or another program wrote it';
    expect(found).toEqual(['whole', 'whole', middle, half, 'whole', 'whole']);
  });

  it('are none from the number of an operation on that has not come to its end, until a rollback or a replay has', async () => {
    const states = chain(['append', 'overwrite', 'overwrite', 'overwrite', 'overwrite', 'overwrite']);
    const begun = removal('t', { kind: 'undo', operation: 'undo-f', seq: 3, since: 3 });
    const batches = [batch(2, 1), batch(4, 2), batch(5, 3), batch(7, 5)];
    const rollback = removal('t', { kind: 'rollback', operation: 'back', seq: 6, since: 6, snapshot_id: id(4) });
    const open =
      'undo-f had begun to change the table by then and has not come to its end: bring it to its end, or go back to a state from before it';
    const half = 'undo-f was half done then';
    const middle = 'it is in the middle of a commit, or another program wrote it';

    expect(await not(states, [...batches, begun])).toEqual(['whole', 'whole', open, open, middle, open]);
    expect(await not(states, [...batches, begun, rollback])).toEqual(['whole', 'whole', half, half, 'whole', 'whole']);
    const rebuilt = { rebuilt_seq: 4, rebuilt_snapshot: id(2) };
    expect((await not(states, [...batches, begun], rebuilt)).slice(2)).toEqual(['whole', 'whole', middle, 'whole']);
  });

  it('are none when such an operation may have begun before the oldest snapshot that is left', async () => {
    const states = chain(['replace', 'overwrite'], id(99));
    const begun = (seq: number) => removal('t', { kind: 'rollback', operation: 'back', seq, since: seq });

    const open =
      'back had begun to change the table by then and has not come to its end: go back to a state from before it';
    expect(await not(states, [batch(6, 1), begun(5)])).toEqual([open, open]);
    expect(await not(states, [batch(6, 1), begun(7)], { batch_seq: 7 })).toEqual(['whole', 'whole']);
    expect(await not(states.slice(0, 1), [begun(7)], { batch_seq: 7 })).toEqual([open]);
  });

  it('are none before an undo or a replay that has left no word of what it took out', async () => {
    const states = chain(['append', 'overwrite', 'overwrite', 'overwrite', 'overwrite']);
    const batches = [batch(1, 1), batch(3, 2), batch(5, 4)];
    const known = { kind: 'undo' as const, operation: 'undo-g', seq: 4, since: 4, snapshot_id: id(3) };
    const untold =
      'an undo or a replay by an earlier version of this software came after it, and the ledger does not tell which files that took out';

    const undone = await not(states, [...batches, removal('t', known)], { removed_seq: 2 });
    const followed = await not(states, [...batches, removal('t', { ...known, previous: 2 })], { removed_seq: 4 });
    const replayed = await not(states, batches, { rebuilt_seq: 2 });
    const told = await not(states, [...batches, removal('t', known)], {
      removed_seq: 4,
      rebuilt_seq: 4,
      rebuilt_snapshot: id(3),
    });

    const middle = 'it is in the middle of a commit, or another program wrote it';
    expect(undone).toEqual([untold, untold, 'whole', 'whole', 'whole']);
    expect(followed).toEqual([untold, untold, 'whole', 'whole', 'whole']);
    expect(replayed).toEqual([untold, untold, 'whole', middle, 'whole']);
    expect(told.slice(3)).toEqual(['whole', 'whole']);
  });

  it('begin with the first batch where the making of the table left no snapshot', async () => {
    const states = await judged(
      chain(['append', 'overwrite']).map((one) => ({ ...one, rows: 10 })),
      [batch(1, 0), batch(2, 1)],
    );

    expect(states.map(({ not }) => not ?? 'whole')).toEqual(['whole', 'whole']);
    expect(() => stateAt(states, 't', '2026-02-28', new Date('2026-03-02T00:00:00Z'))).toThrow(
      /the table was not there yet, or had none while it was empty/,
    );
  });

  it('have their commits whatever the number of batches, and the order of the parts of one that was split', async () => {
    const many = Array.from({ length: 1200 }, (_, n) => batch(n + 1, n < 700 ? 98 : 1));
    const failed = Array.from({ length: 600 }, (_, n) => batch(n + 1203, 98, { status: 'failed' }));
    const split = [batch(1201, 2, { batch_seq: 1202 }), batch(1202, 1, { batch_seq: 1201 })];

    const states = await judged(chain(['append', 'overwrite', 'overwrite']), [...[...many, ...split, ...failed]]);

    expect(states[1]!.commits.map(({ seq }) => seq)).toEqual(Array.from({ length: 501 }, (_, n) => n + 701));
    expect(states[2]!.commits.map(({ seq }) => seq)).toEqual([1202]);
  });
});

describe('stateAt', () => {
  it('refuses a snapshot that is no state, and takes the last one before a time instead', async () => {
    const states = await judged(chain(['append', 'overwrite', 'overwrite', 'overwrite']), [batch(1, 1), batch(2, 3)]);
    const now = new Date('2026-03-02T00:00:00Z');

    expect(() => stateAt(states, 't', id(2), now)).toThrow(/can not go back to snapshot .*: it is in the middle/);
    expect(stateAt(states, 't', at(2), now).id).toBe(id(1));
    expect(stateAt(states, 't', '2026-03-01T01:00:03+01:00', now).id).toBe(id(3));
  });
});

describe('timeOf', () => {
  it.each([
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['2026-03-01T10:15', '2026-03-01T10:15:00.000Z'],
    ['2026-03-01T10:15:30.5+02:00', '2026-03-01T08:15:30.500Z'],
  ])('reads %s', (text, time) => {
    expect(new Date(timeOf(text)).toISOString()).toBe(time);
  });

  it.each(['yesterday', '2026-13-01', '01.03.2026', '2026-03-01 10:00', ''])('does not take %p for a time', (text) => {
    expect(timeOf(text)).toBeNaN();
  });
});

describe('readSnapshots', () => {
  it('counts the rows that are left of those in the data files', () => {
    expect(
      readSnapshots([
        ['1', null, '2026-03-01T00:00:00.123Z', 'delete', '5', '2'],
        ['2', '1', '2026-03-01T00:00:01Z', 'append', null, null],
      ]),
    ).toEqual([
      { id: '1', parent: null, at: '2026-03-01T00:00:00.123Z', operation: 'delete', rows: 3 },
      { id: '2', parent: '1', at: '2026-03-01T00:00:01.000Z', operation: 'append', rows: 0 },
    ]);
  });
});
