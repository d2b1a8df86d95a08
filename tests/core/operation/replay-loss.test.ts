import { beforeEach, describe, expect, it } from '@jest/globals';
import { claimFile, getFile, markFailed, updateFile } from '../../../core/ledger/files.ts';
import { takeReplayTurn } from '../../../core/operation/replay-turn.ts';
import { mergeRows } from '../../../core/pipeline/merge.ts';
import { releaseLeaseOf } from '../../../core/pipeline/wake.ts';
import type { handClock } from '../incident/memory-store.ts';
import { fileRef, land, lead, type World as MergeWorld, orders, publishing } from '../pipeline/world.ts';
import { replayStates } from './replay-states.ts';
import { lake, replayWorld, validates, type World } from './replay-world.ts';

let silver: ReturnType<typeof lake>;
let world: World;

beforeEach(() => {
  silver = lake();
  world = replayWorld(silver);
});

const merging = (): MergeWorld => ({ ...world, ...publishing() });
const advance = (seconds: number) => (world.clock as ReturnType<typeof handClock>).advance(seconds);

async function merge(n: number, run = `run${n}`): Promise<void> {
  await land(merging(), n, run);
  await lead(merging(), n, run);
}

const replay = (run: string, { between = async () => {}, refused = new Set<string>(), input = {} } = {}) =>
  replayStates(
    {
      ports: world,
      gold: { ...world, datasets: { orders }, marts: [] },
      dataset: orders,
      validate: validates(world, refused),
      between: async () => {
        advance(1);
        await between();
      },
    },
    input,
    run,
  );

describe('a replay loses no file', () => {
  it('that it had left out, since it could not be merged, and that is merged while it goes on', async () => {
    silver = lake('file3-again1');
    world = replayWorld(silver);
    for (const n of [1, 2]) await merge(n);
    await claimFile(world.ledger, world.clock, { ...fileRef(3), run: 'run3' });
    const failed = { bronze_key: 'b', status: 'failed', stage_id: 'stage3' } as const;
    await updateFile(world.ledger, world.clock, 'file3', () => failed);

    const result = await replay('replay1', { between: () => merge(3, 'again3') });

    expect(result).toMatchObject({ files: 3, refused: 0 });
    expect(silver.seen()).toContain((await getFile(world.ledger, 'file3'))!.stage_id);
  });

  it('that was left out by an earlier one and has been merged again since', async () => {
    for (const n of [1, 2]) await merge(n);
    await replay('replay1', { refused: new Set(['file2']), input: { allow_refused: true } });
    await merge(2, 'again2');

    await replay('replay2');

    expect(silver.seen().map((stage) => stage.slice(0, 5))).toEqual(['file1', 'file2']);
  });

  it('that is merged by another run when the turn has expired before the swap', async () => {
    await merge(1);
    const { rows } = world.athena;
    let slow = false;
    // The count of the last chunk comes late.
    world.athena.rows = async (id) => {
      if (slow) {
        slow = false;
        advance(400);
        await merge(3);
      }
      return rows(id);
    };

    const first = replay('replay1', {
      between: async () => {
        await merge(2);
        slow = true;
        advance(1);
      },
    });

    await first.catch(() => releaseLeaseOf(world, [], 'orders', 'replay1', false));
    await replay('replay1');
    const files = await Promise.all([1, 2, 3].map((n) => getFile(world.ledger, `file${n}`)));
    expect(files.map((file) => file?.status)).toEqual(['done', 'done', 'done']);
    expect(silver.seen()).toEqual(expect.arrayContaining(files.map((file) => file?.stage_id)));
  });
});

describe('a batch that has begun, that nobody leads, and that fails whoever leads it', () => {
  it('is given another run now and then, not at every call that waits for it', async () => {
    await land(merging(), 1, 'run1');
    await mergeRows(merging(), orders, fileRef(1), 'run1');
    await markFailed(world.ledger, world.clock, 'file1', 'run1', 'QueryRejectedError: no');
    await releaseLeaseOf(world, [], 'orders', 'run1', false);

    const startedAfter = async (seconds: number) => {
      for (let waited = 0; waited < seconds; waited += 5) {
        advance(5);
        await takeReplayTurn(world, 'orders', 'replay1');
      }
      return world.started.length;
    };

    expect(await startedAfter(600)).toBe(0);
    expect(await startedAfter(400)).toBeGreaterThan(0);
  });
});
