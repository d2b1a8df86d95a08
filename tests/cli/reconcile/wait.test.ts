import { describe, expect, it } from '@jest/globals';
import { sweepUntilQuiet } from '../../../cli/reconcile/wait.ts';
import type { StagedItem } from '../../../core/ledger/items.ts';
import type { Clock } from '../../../core/ledger/store.ts';
import { standardOptions } from '../../../core/reconcile/ports.ts';
import { sweepWorld } from '../../core/reconcile/world.ts';

/** A world whose time passes with every pause, in which `passes` says what happens meanwhile. */
function given(passes: (world: ReturnType<typeof sweepWorld>) => void) {
  const world = sweepWorld();
  const clock: Clock = {
    ...world.clock,
    async sleep(milliseconds) {
      world.clock.advance(milliseconds / 1000);
      passes(world);
    },
  };
  const shown: string[] = [];
  const board = { set: (_: string, text: string) => void shown.push(text), end: () => undefined };
  const session = { clock, terminal: { board: () => board } as never };
  const wait = (timeout = 60_000) => sweepUntilQuiet(session, { ...world.ports, clock }, standardOptions, timeout);
  return { world, wait, shown };
}

describe('sweeping until nothing is under way', () => {
  it('waits for the runs that it has started, and reports what all sweeps have done', async () => {
    const { world, wait } = given((now) => {
      const [run] = now.runs.values();
      if (run === undefined || now.clock.now() < new Date('2026-03-01T10:15:10.000Z')) return;
      run.status = 'SUCCEEDED';
      now.file('a.csv');
      now.versions.length = 1;
    });
    world.land('a.csv');

    const report = await wait();

    expect(report).toMatchObject({ files: 1, classes: { done: 1 }, started: { count: 1 }, missed: { count: 1 } });
    expect(world.runs.size).toBe(1);
  });

  it('ends at once where nothing is', async () => {
    const { world, wait } = given(() => {
      throw new Error('there is nothing to wait for');
    });
    world.file('a.csv');

    expect((await wait()).sentence).toBe('1 file, 1 accounted for');
  });

  it.each([
    ['StatementRefusedError', false, 1],
    ['ServiceUnavailableError', true, 0],
  ])('starts another run for a table whose run has failed only if that may help: %s', async (error, again, stuck) => {
    const { world, wait } = given(({ runs }) => {
      for (const run of runs.values()) Object.assign(run, { status: 'FAILED', error });
    });
    const file_id = world.file('a.csv', { status: 'staged', staged_seq: 1 });
    world.table({ staged_seq: 1 });
    world.put({ pk: 'table#orders', sk: 'staged#000000000001', file_id, staged_seq: 1 } as StagedItem);

    const report = await wait(24_000);

    expect(report.stuck.count).toBe(stuck);
    expect(world.runs.size > 1).toBe(again);
  });

  it('gives up when the time is over, with the last report', async () => {
    const { world, wait, shown } = given(() => undefined);
    world.file('a.csv', { status: 'received', updated_at: '2026-03-01T10:15:00.000Z' });

    const report = await wait(10_000);

    expect(report.classes.received).toBe(1);
    expect(shown.at(-1)).toBe('1 file, 1 accounted for; waiting');
    expect(world.clock.now() > new Date('2026-03-01T10:15:10.000Z')).toBe(true);
  });
});
