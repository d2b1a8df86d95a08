import { beforeEach, describe, expect, it } from '@jest/globals';
import { claimFile, getFile, markRejected, updateFile } from '../../../core/ledger/files.ts';
import { getTable } from '../../../core/ledger/table.ts';
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
    expect(world.records.pages).toEqual(['orders 2026-03-01']);
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
