import { beforeEach, describe, expect, it } from '@jest/globals';
import { claimFile, getFile, markRejected, updateFile } from '../../../core/ledger/files.ts';
import { getTable } from '../../../core/ledger/table.ts';
import { getOperation, newOperation, writeOperation } from '../../../core/operation/item.ts';
import { settleFiles } from '../../../core/operation/replay-finish.ts';
import { type ReplayFile, type ReplayItem, replayFileKey } from '../../../core/operation/replay-items.ts';
import { fileRef, land, lead, type World as MergeWorld, orders, publishing } from '../pipeline/world.ts';
import { replayStates } from './replay-states.ts';
import { replayWorld, validates, type World } from './replay-world.ts';

let world: World;

beforeEach(() => {
  world = replayWorld();
});

const merging = (): MergeWorld => ({ ...world, ...publishing(), records: world.records });

async function merge(n: number): Promise<void> {
  await land(merging(), n, `run${n}`);
  await lead(merging(), n, `run${n}`);
}

const replay = (refused = new Set<string>(), input = {}) =>
  replayStates(
    {
      ports: world,
      gold: { ...world, datasets: { orders }, marts: [] },
      dataset: orders,
      validate: validates(world, refused),
      between: async () => undefined,
    },
    input,
    'replay1',
  );

const recordOf = (n: number) => world.records.written.get(`quality/dataset=orders/day=2026-03-01/file${n}.json`);

describe('the records of files that a replay validates anew', () => {
  it('speak of the rows that the new table holds, and keep when the file first was in gold', async () => {
    await merge(1);
    const before = recordOf(1)!;
    world.records.pages.length = 0;

    await replay();

    const { batch_seq } = await getTable(world.ledger, 'orders');
    expect(recordOf(1)).toMatchObject({ outcome: 'done', stage_id: 'file1-again1', finished_at: before.finished_at });
    expect(recordOf(1)!.batch_seq).toBeLessThanOrEqual(batch_seq);
    expect(before.stage_id).toBe('stage1');
    expect(world.records.days).toEqual(new Set(['orders 2026-03-01']));
    expect(world.records.pages).toEqual(['orders 2026-03-01 alone', 'orders 2026-03-01']);
  });

  it('say so of a file that was refused and is taken now, and of one that was taken and is refused now', async () => {
    await merge(1);
    await merge(2);
    await claimFile(world.ledger, world.clock, { ...fileRef(3), run: 'run3' });
    await updateFile(world.ledger, world.clock, 'file3', () => ({ bronze_key: 'b' }));
    await markRejected(world.ledger, world.clock, 'file3', new Error('no'));

    await replay(new Set(['file2']), { allow_refused: true });

    expect(recordOf(3)).toMatchObject({ outcome: 'done', error: null, stage_id: 'file3-again1', rows_in: 1 });
    expect(recordOf(2)).toMatchObject({ outcome: 'rejected', error: 'FileRejectedError: no', run: 'replay1' });
    expect((await getFile(world.ledger, 'file3'))?.finished_at).toBe(recordOf(3)!.finished_at);
  });

  it('show each day once and remake its page once, at the end, however many files there are and however short the time is', async () => {
    const days = ['2026-02-27', '2026-02-28', '2026-03-01'];
    const item = { ...newOperation(world.clock, 'r', { kind: 'replay', dataset: 'orders', run: 'replay1' }) };
    await writeOperation(world, { ...item, phase: 'settle', batch_seq: 7 } as ReplayItem);
    for (let n = 0; n < 1001; n++) {
      const last_modified = `${days[n % 3]}T10:00:00.000Z`;
      await claimFile(world.ledger, world.clock, { ...fileRef(n), last_modified, run: 'run' });
      const file = await updateFile(world.ledger, world.clock, `file${n}`, () => ({ status: 'done', staged_seq: n }));
      const counts = { in: 1, accepted: 1, rejected: 0, duplicate: 0, superseded: 0 };
      const staging = { stage_id: `${file.file_id}-2`, counts, profile_key: 'p' };
      const noted = { state: 'ready', anew: true, merged: true, key: file.key, staging };
      const key = { ...replayFileKey('r', file.file_id), rev: 0, file_id: file.file_id };
      await world.ledger.write([{ ...key, ...noted } as unknown as ReplayFile]);
    }
    const shown: string[] = [];
    const showDay = async (_: string, day: string) => void shown.push(day);
    const ports = { ...world, records: { ...world.records, showDay } };
    const results: unknown[] = [];

    while (results.at(-1) === undefined || results.at(-1) === 'more') {
      if (results.length > 20) throw new Error('it does not come to an end');
      const now = (await getOperation<ReplayItem>(world.ledger, 'r'))!;
      results.push(await settleFiles(ports, orders, now, world.clock.now().getTime()));
    }

    expect(results.at(-1)).toMatchObject({ files: 1001, anew: 1001 });
    expect(shown.sort()).toEqual(days);
    expect(world.records.pages).toEqual([...days.map((day) => `orders ${day} alone`), 'orders 2026-03-01']);
    expect(world.records.written.size).toBe(1001);
  });

  it('have their day noted before a file that is refused is settled, since it is not settled again', async () => {
    await merge(1);
    world.records.pages.length = 0;
    let dead = false;
    const written = world.records.write;
    world.records.write = async (record) => {
      await written(record);
      if (record.outcome === 'rejected' && !dead) {
        dead = true;
        await markRejected(world.ledger, world.clock, 'file1', new Error('no'));
        await updateFile(world.ledger, world.clock, 'file1', () => ({ status: 'rejected' }));
        throw new Error('killed');
      }
    };
    await merge(2);
    await expect(replay(new Set(['file1']), { allow_refused: true })).rejects.toThrow('killed');

    await replay(new Set(['file1']), { allow_refused: true });

    expect(world.records.pages).toContain('orders 2026-03-01 alone');
  });

  it('stay as they are of files that it takes as they were staged', async () => {
    await merge(1);
    await merge(2);
    await updateFile(world.ledger, world.clock, 'file2', () => ({ last_modified: '2026-02-01T23:59:59.000Z' }));
    const before = recordOf(2);

    await replay(new Set(), { from: '2026-02-02' });

    expect(recordOf(2)).toEqual(before);
    expect(recordOf(1)?.stage_id).toBe('file1-again1');
  });
});
