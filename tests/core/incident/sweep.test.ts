import { describe, expect, it } from '@jest/globals';
import { sweepIncidents } from '../../../core/incident/sweep.ts';
import type { FileItem, TableItem } from '../../../core/ledger/items.ts';
import { arnOf, endedRun, type Failing, fileItem, idOf, killable, world } from './incidents.ts';
import { handClock } from './memory-store.ts';

const LATE = 300_000;

/** Makes a run fail of which no event tells. */
function unheard(at: ReturnType<typeof world>, failing: Failing): void {
  at.runs.set(arnOf(failing.name), failing);
  at.ended.push({ arn: arnOf(failing.name), stoppedAt: endedRun(failing).stoppedAt! });
}

describe('the sweep of incidents', () => {
  it('reports the failed runs that no event told of, with one page for all of one cause', async () => {
    const clock = handClock('2026-03-01T10:25:00.000Z');
    const given = world(clock);
    for (let index = 0; index < 120; index++) unheard(given, { name: `run${index}` });

    const swept = await sweepIncidents(given.ports, LATE);
    const again = await sweepIncidents(given.ports, LATE);

    expect([swept, again]).toEqual([
      { reported: 120, paged: 1 },
      { reported: 0, paged: 0 },
    ]);
    expect(given.pages().map(({ subject }) => subject)).toEqual([
      '[tributary test] 120 runs, orders: FileRejectedError in ValidateFile',
    ]);
    expect(given.marked).toHaveLength(120);
    expect(given.released).toHaveLength(120);
  });

  it('gives an event some minutes, and lets it be', async () => {
    const clock = handClock('2026-03-01T10:19:00.000Z');
    const given = world(clock);
    unheard(given, { name: 'late' });

    const early = await sweepIncidents(given.ports, LATE);
    await given.fail({ name: 'late' });
    clock.advance(3600);
    const later = await sweepIncidents(given.ports, LATE);

    expect([early.reported, later.reported]).toEqual([0, 0]);
    expect(given.pages()).toHaveLength(1);
  });

  it('reports a run again that was redriven and failed again unheard', async () => {
    const clock = handClock();
    const given = world(clock);
    await given.fail({ name: 'one' });
    clock.advance(7200);
    unheard(given, { name: 'one', stoppedAt: '2026-03-01T11:00:00.000Z' });

    const swept = await sweepIncidents(given.ports, LATE);

    expect(swept).toEqual({ reported: 1, paged: 1 });
    expect(given.pages()).toHaveLength(2);
  });

  it('does not look again and again at a run that left nothing undone', async () => {
    const given = world(handClock('2026-03-01T10:25:00.000Z'));
    unheard(given, { name: 'one' });
    given.put(fileItem({ name: 'one' }, { status: 'done' }));

    const first = await sweepIncidents(given.ports, LATE);
    const second = await sweepIncidents(given.ports, LATE);

    expect([first.reported, second.reported]).toEqual([1, 0]);
    expect(given.sent).toEqual([]);
  });

  it('pages when the report that should have died before it could', async () => {
    const clock = handClock();
    const given = world(clock);
    const killed = killable(given.store, 99, 'before');
    await expect(
      given.fail({ name: 'one' }, { publish: () => killed.call(() => Promise.reject(new Error('killed'))) }),
    ).rejects.toThrow('killed');

    clock.advance(60);
    const swept = await sweepIncidents(given.ports, LATE);

    expect(swept.paged).toBe(1);
    expect(given.pages()).toHaveLength(1);
  });

  it('resolves what is done although nobody said so', async () => {
    const given = world();
    await given.fail({ name: 'one' });
    await given.fail({ name: 'two' });
    given.put(fileItem({ name: 'one' }, { status: 'done' }));

    await sweepIncidents(given.ports, LATE);
    const half = given.resolutions().length;
    given.put(fileItem({ name: 'two' }, { status: 'undone' }));
    await sweepIncidents(given.ports, LATE);
    await sweepIncidents(given.ports, LATE);

    expect([half, given.resolutions().length]).toEqual([0, 1]);
  });

  it('resolves what held up a table once nothing waits there', async () => {
    const given = world();
    const table = { pk: 'table#orders', sk: 'lease', rev: 1, staged_seq: 5, planned_seq: 3 } as TableItem;
    given.put(fileItem({ name: 'leader' }, { status: 'done' }));
    given.put(table);
    await given.fail({ name: 'leader', state: 'RefreshGold', error: 'QueryRejectedError' });

    await sweepIncidents(given.ports, LATE);
    const busy = given.resolutions().length;
    given.put({ ...table, planned_seq: 5 } as TableItem);
    await sweepIncidents(given.ports, LATE);

    expect([busy, given.resolutions().length]).toEqual([0, 1]);
  });

  it('resolves what was not for a file once a run with the same input succeeds', async () => {
    const given = world();
    await given.fail({ name: 'undo', input: '{"dataset":"orders"}', error: 'QueryRejectedError' });

    await sweepIncidents(given.ports, LATE);
    const before = given.resolutions().length;
    given.succeeded.add(arnOf('undo'));
    await sweepIncidents(given.ports, LATE);

    expect(given.pages()[0]!.message).not.toContain('s3://');
    expect([before, given.resolutions().length]).toEqual([0, 1]);
  });

  it('gives an incident up after a week without a message, and pages for the next', async () => {
    const clock = handClock();
    const given = world(clock);
    await given.fail({ name: 'one' });

    clock.advance(6 * 86_400);
    await sweepIncidents(given.ports, LATE);
    const kept = given.open().length;
    clock.advance(2 * 86_400);
    await sweepIncidents(given.ports, LATE);
    await given.fail({ name: 'two' });

    expect(kept).toBe(1);
    expect(given.closed()).toMatchObject([{ outcome: 'expired' }]);
    expect(given.failed()).toHaveLength(1);
    expect([given.pages().length, given.resolutions().length]).toEqual([2, 0]);
  });

  it('goes on with the others when one can not be reported, and says so', async () => {
    const given = world(handClock('2026-03-01T10:25:00.000Z'));
    unheard(given, { name: 'gone' });
    unheard(given, { name: 'one' });
    const describeRun = async (arn: string) => {
      if (arn === arnOf('gone')) throw new Error('Step Functions does not know it');
      return given.ports.runs.describe(arn);
    };

    const swept = sweepIncidents({ ...given.ports, runs: { ...given.ports.runs, describe: describeRun } }, LATE);

    await expect(swept).rejects.toThrow(/not swept in full: Error: Step Functions does not know it/);
    expect(given.pages()).toHaveLength(1);
  });
});

describe('a newer version of a file that failed', () => {
  const newer = { name: 'one', version: 'v2' };
  const done = (received_at: string) =>
    fileItem(newer, {
      status: 'done',
      last_modified: '2026-03-01T09:30:00.000Z',
      gsi1pk: 'dataset#orders',
      gsi1sk: `${received_at}#${idOf(newer)}`,
    });

  it('that was done before the failure was recorded ends the incident with the next sweep', async () => {
    const given = world(handClock());
    given.put(fileItem({ name: 'one' }));
    given.put(done('2026-03-01T09:31:00.000Z'));
    await given.fail({ name: 'one' });

    await sweepIncidents(given.ports, LATE);

    expect(given.open()).toEqual([]);
    expect(given.resolutions()).toHaveLength(1);
  });

  it.each<[string, Partial<FileItem>]>([
    ['has failed, too', { status: 'failed' }],
    ['is an older one', { last_modified: '2026-03-01T08:59:59.000Z' }],
    ['is of another key', { key: 'landing/orders/other.csv' }],
  ])('does not when it %s', async (_, over) => {
    const given = world(handClock());
    given.put(fileItem({ name: 'one' }));
    given.put({ ...done('2026-03-01T09:31:00.000Z'), ...over } as FileItem);
    await given.fail({ name: 'one' });

    await sweepIncidents(given.ports, LATE);

    expect(given.open()).toHaveLength(1);
    expect(given.resolutions()).toEqual([]);
  });
});
