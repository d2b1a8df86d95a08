import { beforeEach, describe, expect, it } from '@jest/globals';
import { OperationRefusedError } from '../../../core/errors.ts';
import { claimFile, getFile, markRejected, updateFile } from '../../../core/ledger/files.ts';
import type { BatchItem, TableItem } from '../../../core/ledger/items.ts';
import { batchKey, getTable } from '../../../core/ledger/table.ts';
import { claimDataset, currentOperation } from '../../../core/operation/current.ts';
import { buildSilver } from '../../../core/operation/replay-build.ts';
import type { ReplayInput, ReplayItem } from '../../../core/operation/replay-items.ts';
import { maxPages, planReplay } from '../../../core/operation/replay-plan.ts';
import { openReplay, swapSilver } from '../../../core/operation/replay-swap.ts';
import { releaseLeaseOf } from '../../../core/pipeline/wake.ts';
import { type handClock, memoryStore } from '../incident/memory-store.ts';
import { fileRef, land, lead, type World as MergeWorld, orders, publishing } from '../pipeline/world.ts';
import { replayStates } from './replay-states.ts';
import { lake, replayWorld, validates, type World } from './replay-world.ts';

const whole: ReplayInput = { dataset: 'orders', allow_refused: false };

let silver: ReturnType<typeof lake>;
let world: World;

beforeEach(() => {
  silver = lake();
  world = replayWorld(silver);
});

const merging = (ports = world): MergeWorld => ({ ...ports, ...publishing() });

async function merge(n: number, ports = world): Promise<void> {
  await land(merging(ports), n, `run${n}`);
  await lead(merging(ports), n, `run${n}`);
}

const later = () => (world.clock as ReturnType<typeof handClock>).advance(1);

const gold = (ports: World) => ({ ...ports, datasets: { orders }, marts: [] });
const replay = (
  run: string,
  { ports = world, refused = new Set<string>(), between = async () => {}, input = {} } = {},
) =>
  replayStates(
    {
      ports,
      gold: gold(ports),
      dataset: orders,
      validate: validates(ports, refused),
      between: async () => {
        later();
        await between();
      },
    },
    input,
    run,
  );

const statusOf = async (n: number, ports = world) => (await getFile(ports.ledger, `file${n}`))!;

describe('a replay', () => {
  it('shows a table of the files as they are validated now, keeps the old one, and records one commit', async () => {
    for (const n of [1, 2, 3]) await merge(n);
    const before = await getTable(world.ledger, 'orders');
    const old = silver.seen();

    const result = await replay('replay1');

    expect(silver.seen()).toEqual(['file1-again1', 'file2-again1', 'file3-again1']);
    expect(result).toMatchObject({ files: 3, anew: 3, refused: 0 });
    expect(silver.seen(result.before.split('.')[1])).toEqual(old);
    expect([...silver.names.keys()].filter((name) => name.includes('__replay_'))).toEqual([]);
    const table = await getTable(world.ledger, 'orders');
    expect(table).toMatchObject({ batch_seq: before.batch_seq + 1, rebuilt_seq: before.batch_seq + 1 });
    expect(table.identity).toEqual(['order_id']);
    expect(table.committed).toMatchObject({
      batch_seq: before.batch_seq + 1,
      snapshot_id: silver.names.get('orders')!.version,
    });
    expect(table.rebuilt_snapshot).toBe(table.committed!.snapshot_id);
    expect(table.owner).toBeUndefined();
    expect(await statusOf(2)).toMatchObject({ status: 'done', stage_id: 'file2-again1' });
    expect(await currentOperation(world.ledger, 'orders')).toBeUndefined();
  });

  it('takes files outside of the range as they were staged, and brings in files of the range that were refused', async () => {
    for (const n of [1, 2]) await merge(n);
    await updateFile(world.ledger, world.clock, 'file2', () => ({ last_modified: '2026-02-01T23:59:59.000Z' }));
    await claimFile(world.ledger, world.clock, { ...fileRef(3), run: 'run3' });
    await updateFile(world.ledger, world.clock, 'file3', () => ({ bronze_key: 'b' }));
    await markRejected(world.ledger, world.clock, 'file3', new Error('no'));

    const result = await replay('replay1', { input: { from: '2026-02-02', to: '2026-03-01' } });

    expect(silver.seen()).toEqual(['file1-again1', 'file3-again1', 'stage2']);
    expect(result).toMatchObject({ files: 3, anew: 2 });
    expect(await statusOf(3)).toMatchObject({ status: 'done', stage_id: 'file3-again1', error: undefined });
  });

  it('leaves out a file that was taken out', async () => {
    for (const n of [1, 2]) await merge(n);
    await updateFile(world.ledger, world.clock, 'file1', () => ({ status: 'undone' }));

    await replay('replay1');

    expect(silver.seen()).toEqual(['file2-again1']);
    expect(await statusOf(1)).toMatchObject({ status: 'undone' });
  });

  it('holds a file that is merged between its build and its swap', async () => {
    await merge(1);

    await replay('replay1', { between: () => merge(2) });

    expect(silver.seen()).toEqual(['file1-again1', 'stage2']);
    expect(await statusOf(2)).toMatchObject({ status: 'done', stage_id: 'stage2' });
  });

  it('validates a file anew that was under way when it began', async () => {
    await merge(1);
    await land(merging(), 2, 'run2');
    later();

    await replay('replay1', { between: async () => void (await lead(merging(), 2, 'run2')) });

    expect(silver.seen()).toEqual(['file1-again1', 'file2-again1']);
  });

  it('changes nothing when a file that was merged is refused, and tries it again the next time', async () => {
    for (const n of [1, 2]) await merge(n);
    const refused = new Set(['file2']);

    const stopped = replay('replay1', { refused });

    await expect(stopped).rejects.toThrow(OperationRefusedError);
    await expect(replay('replay1', { refused })).rejects.toThrow(
      /landing\/orders\/2.csv \(file2\): FileRejectedError: no/,
    );
    expect(silver.seen()).toEqual(['stage1', 'stage2']);
    await replay('replay1');
    expect(silver.seen()).toEqual(['file1-again1', 'file2-again3']);
  });

  it('leaves a file out that is refused, if it may', async () => {
    for (const n of [1, 2]) await merge(n);

    const result = await replay('replay1', { refused: new Set(['file2']), input: { allow_refused: true } });

    expect(result).toMatchObject({ files: 1, refused: 1 });
    expect(silver.seen()).toEqual(['file1-again1']);
    expect(await statusOf(2)).toMatchObject({
      status: 'rejected',
      error: 'FileRejectedError: no',
      stage_id: undefined,
    });
  });

  it('leaves a file out whose own MERGE has failed before and fails again, and no other', async () => {
    silver = lake('file3-again');
    world = replayWorld(silver);
    for (const n of [1, 2]) await merge(n);
    await claimFile(world.ledger, world.clock, { ...fileRef(3), run: 'run3' });
    const failed = { bronze_key: 'b', status: 'failed', stage_id: 'stage3' } as const;
    await updateFile(world.ledger, world.clock, 'file3', () => failed);

    const result = await replay('replay1');

    expect(silver.seen()).toEqual(['file1-again1', 'file2-again1']);
    expect(result).toMatchObject({ files: 2, refused: 1 });
    expect(await statusOf(3)).toMatchObject({ status: 'failed', error: expect.stringContaining('HIVE_BAD_DATA') });
  });

  it('fails, and changes nothing, when a MERGE of what readers see fails', async () => {
    silver = lake('file2-again');
    world = replayWorld(silver);
    for (const n of [1, 2]) await merge(n);

    await expect(replay('replay1')).rejects.toThrow('HIVE_BAD_DATA');

    expect(silver.seen()).toEqual(['stage1', 'stage2']);
    expect(await statusOf(1)).toMatchObject({ status: 'done', stage_id: 'stage1' });
  });

  it('refuses to leave nothing', async () => {
    await merge(1);

    const replayed = replay('replay1', { refused: new Set(['file1']), input: { allow_refused: true } });

    await expect(replayed).rejects.toThrow('no file of orders is left');
    expect(silver.seen()).toEqual(['stage1']);
  });
});

describe('one operation at a time', () => {
  it('is refused while another is under way', async () => {
    await merge(1);
    await planReplay(world, orders, whole, 'replay1');
    world.running.add('replay1');

    await expect(planReplay(world, orders, whole, 'replay2')).rejects.toThrow(
      'a replay of orders is under way (replay1)',
    );
    await expect(claimDataset(world, 'orders', { id: 'u', kind: 'undo', run: 'undo1' })).rejects.toThrow(
      OperationRefusedError,
    );
  });

  it('begins anew when the run of the one before has ended, which cannot go on then', async () => {
    await merge(1);
    const first = await planReplay(world, orders, whole, 'replay1');

    await replay('replay2');

    await expect(openReplay(world, first.id)).rejects.toThrow('start a new one');
    expect(silver.seen()).toEqual(['file1-again1']);
    expect([...silver.names.keys()].filter((name) => name.includes('__replay_'))).toEqual([]);
  });

  it('goes on with what readers see already, whatever run asks, but for another range', async () => {
    await merge(1);
    await crash('replay1');
    expect(silver.seen()).toEqual(['file1-again1']);

    await expect(planReplay(world, orders, { ...whole, from: '2026-01-01' }, 'replay2')).rejects.toThrow(
      'with its own input',
    );
    await expect(claimDataset(world, 'orders', { id: 'u', kind: 'undo', run: 'undo1' })).rejects.toThrow(
      'start it again',
    );
    await replay('replay2');

    expect(silver.seen()).toEqual(['file1-again1']);
    expect(await statusOf(1)).toMatchObject({ stage_id: 'file1-again1' });
    expect(await currentOperation(world.ledger, 'orders')).toBeUndefined();
  });
});

/** Stops a replay with the pointer changed and the ledger not yet. */
async function crash(run: string): Promise<void> {
  const { register } = world.pointers;
  world.pointers.register = async () => {
    throw new Error('stopped');
  };
  await expect(replay(run)).rejects.toThrow('stopped');
  await releaseLeaseOf(world, [], 'orders', run, false);
  world.pointers.register = register;
}

describe('a replay of many files', () => {
  it('is handed on once, to an execution that goes on though the first has not ended yet', async () => {
    await merge(1);
    const { id } = await planReplay(world, orders, whole, 'replay1');
    const item = await openReplay(world, id);
    await world.ledger.write([{ ...item, pages: maxPages } as ReplayItem]);
    world.running.add('replay1');

    const handed = await planReplay(world, orders, whole, 'replay1');
    const again = await planReplay(world, orders, whole, 'replay1');

    expect([handed.outcome, again.outcome]).toEqual(['handed_on', 'handed_on']);
    const starts = world.started.map((input) => JSON.parse(input) as ReplayInput);
    expect(starts[0]).toEqual({ ...whole, continues: id });
    const next = await planReplay(world, orders, starts[0]!, 'replay2');
    expect(next).toMatchObject({ outcome: 'validate', id });
    expect((await planReplay(world, orders, whole, 'replay1')).outcome).toBe('handed_on');
    expect((await openReplay(world, id)).run).toBe('replay2');
  });

  it('is not taken over by a second execution while one goes on with it', async () => {
    await merge(1);
    const { id } = await planReplay(world, orders, whole, 'replay1');
    world.running.add('replay1');

    const second = planReplay(world, orders, { ...whole, continues: id }, 'replay2');

    await expect(second).rejects.toThrow('is under way (replay1)');
  });
});

describe('the turn', () => {
  it('is taken over a batch that has not begun, which then begins with a number of its own', async () => {
    await merge(1);
    const table = await getTable(world.ledger, 'orders');
    const batch = {
      pk: table.pk,
      sk: batchKey(2),
      rev: 0,
      from_seq: 2,
      to_seq: 2,
      batch_seq: 2,
      status: 'planned',
      part: 1,
    };
    await world.ledger.write([
      batch as unknown as BatchItem,
      { ...table, batch_seq: 2, planned_seq: 2, staged_seq: 2, open_batch: 2 } as TableItem,
    ]);

    await replay('replay1');

    const now = await getTable(world.ledger, 'orders');
    expect(now).toMatchObject({ rebuilt_seq: 3, batch_seq: 4, open_batch: 2, committed: { batch_seq: 3 } });
    expect(await world.ledger.get(table.pk, batchKey(2))).toMatchObject({ status: 'planned', batch_seq: 4, part: 0 });
  });

  it('is waited for while another run leads', async () => {
    await merge(1);
    const { id } = await planReplay(world, orders, whole, 'replay1');
    for (const file of [fileRef(1)]) await validates(world)(file, id);
    await buildSilver(world, orders, await openReplay(world, id), Number.POSITIVE_INFINITY);
    const table = await getTable(world.ledger, 'orders');
    await world.ledger.write([{ ...table, owner: 'leader', expires_at: '2999-01-01T00:00:00.000Z' } as TableItem]);

    const outcome = await swapSilver(world, orders, await openReplay(world, id), 'replay1');

    expect(outcome).toBe('waiting');
    expect((await getTable(world.ledger, 'orders')).turn).toMatchObject({ run: 'replay1' });
    expect(silver.seen()).toEqual(['stage1']);
  });
});

describe('a replay that is stopped at any of its side effects', () => {
  const cases = (['before', 'after'] as const).flatMap((when) =>
    ['replay1', 'replay2'].map((again) => [when, again] as const),
  );

  it.each(cases)('%s it is made, and run again as %s, ends as one that is not', async (when, again) => {
    let stopped = true;
    for (let stop = 1; stopped; stop++) {
      silver = lake();
      const plain = memoryStore();
      world = replayWorld(silver, plain);
      for (const n of [1, 2]) await merge(n);
      await claimFile(plain, world.clock, { ...fileRef(3), run: 'run3' });
      await updateFile(plain, world.clock, 'file3', () => ({ bronze_key: 'b' }));
      await markRejected(plain, world.clock, 'file3', new Error('no'));

      const first = await replay('replay1', { ports: failAt(world, stop, when), between: () => merge(4) }).catch(
        String,
      );
      stopped = typeof first === 'string';
      if (stopped) expect(first).toContain('stopped');
      // A run that has ended badly is reported; one whose task is tried again is not.
      if (stopped && again === 'replay2') await releaseLeaseOf(world, [], 'orders', 'replay1', false);
      if (stopped) await replay(again);

      const came = (await getFile(plain, 'file4'))?.status === 'done' ? ['4'] : [];
      expect(silver.seen().map((stage) => /^(?:file|stage)(\d)/.exec(stage)![1])).toEqual(['1', '2', '3', ...came]);
      const files = await Promise.all([1, 2, 3].map((n) => statusOf(n)));
      expect(files.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
      expect(silver.seen()).toEqual(expect.arrayContaining(files.map(({ stage_id }) => stage_id)));
      expect([...silver.names.keys()].filter((name) => name.includes('__replay_'))).toEqual([]);
      expect(await currentOperation(plain, 'orders')).toBeUndefined();
      expect((await getTable(plain, 'orders')).owner).toBeUndefined();
    }
  });
});

/** The world in which the side effect of this number fails, before or after it has been made. */
function failAt(ports: World, stop: number, when: 'before' | 'after'): World {
  let count = 0;
  const failing =
    <A extends unknown[], R>(effect: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      const last = ++count === stop;
      if (last && when === 'before') throw new Error('stopped');
      const result = await effect(...given);
      if (last) throw new Error('stopped');
      return result;
    };
  const { find, repoint, register, forget } = ports.pointers;
  return {
    ...ports,
    ledger: { ...ports.ledger, write: failing(ports.ledger.write) },
    pointers: { find, repoint: failing(repoint), register: failing(register), forget: failing(forget) },
    athena: { ...ports.athena, start: failing(ports.athena.start) },
  };
}
