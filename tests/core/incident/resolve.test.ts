import { describe, expect, it } from '@jest/globals';
import type { AlertMessage } from '../../../core/incident/message.ts';
import { type OverFile, resolveFor } from '../../../core/incident/resolve.ts';
import type { TableItem } from '../../../core/ledger/items.ts';
import { type Failing, fileItem, world } from './incidents.ts';
import { handClock } from './memory-store.ts';

const over = (failing: Failing, more: Partial<OverFile> = {}): OverFile => ({ ...fileItem(failing), ...more });

/** The table of orders with files behind the run that failed. */
const busyTable = { pk: 'table#orders', sk: 'lease', rev: 1, staged_seq: 5, planned_seq: 3 } as TableItem;

describe('an incident', () => {
  it('is told to be resolved once all of its files are done, by one message', async () => {
    const { fail, ports, pages, resolutions, open, closed } = world();
    for (const name of ['one', 'two', 'three']) await fail({ name });

    await resolveFor(ports, 'orders', [over({ name: 'one' }), over({ name: 'three' })]);
    const early = resolutions().length;
    await resolveFor(ports, 'orders', [over({ name: 'two' })]);
    await resolveFor(ports, 'orders', [over({ name: 'two' })]);

    expect(early).toBe(0);
    expect([pages().length, resolutions().length]).toEqual([1, 1]);
    const { subject, message } = resolutions()[0]!;
    expect(subject).toBe('[tributary test] resolved: 3 runs, orders: FileRejectedError in ValidateFile');
    expect(message).toContain('3 runs of tributary-test-ingest had failed with FileRejectedError, at 2026-03-01T10:15');
    expect(message).toContain('All of their files are in the lake');
    expect(open()).toEqual([]);
    expect(closed()).toMatchObject([{ outcome: 'resolved', count: 3 }]);
  });

  it('is not paged when it is over before the page goes out', async () => {
    const clock = handClock();
    const { fail, ports, sent, closed } = world({
      ...clock,
      sleep: async () => resolveFor(ports, 'orders', [over({ name: 'one' })]),
    });

    const reported = await fail({ name: 'one' });

    expect(reported.outcome).toBe('counted');
    expect(sent).toEqual([]);
    expect(closed()).toMatchObject([{ outcome: 'recovered' }]);
  });

  it('is told to be resolved after the page, even when its files are done while that goes out', async () => {
    const sent: string[] = [];
    const { fail, ports } = world();
    const publish = async ({ subject }: AlertMessage) => {
      if (!subject.includes('resolved')) await resolveFor(slow, 'orders', [over({ name: 'one' })]);
      sent.push(subject.includes('resolved') ? 'resolved' : 'page');
    };
    const slow = { ...ports, publish };

    await fail({ name: 'one' }, { publish });

    expect(sent).toEqual(['page', 'resolved']);
  });

  it('is resolved by a newer version of the same key, and not by an older one', async () => {
    const { fail, ports, resolutions } = world();
    await fail({ name: 'one', file: 'a.csv', version: 'v2' });

    await resolveFor(ports, 'orders', [
      over({ name: 'x', file: 'a.csv', version: 'v1' }, { last_modified: '2026-03-01T08:00:00.000Z' }),
    ]);
    const byOlder = resolutions().length;
    await resolveFor(ports, 'orders', [
      over({ name: 'y', file: 'a.csv', version: 'v3' }, { last_modified: '2026-03-01T12:00:00.000Z' }),
    ]);

    expect([byOlder, resolutions().length]).toEqual([0, 1]);
  });

  it('waits for the newest version that failed', async () => {
    const { fail, put, ports, resolutions } = world();
    const older = { name: 'one', file: 'a.csv', version: 'v1' };
    const newer = { name: 'two', file: 'a.csv', version: 'v2' };
    put(fileItem(older, { last_modified: '2026-03-01T08:00:00.000Z' }));
    put(fileItem(newer, { last_modified: '2026-03-01T09:00:00.000Z' }));
    await fail(newer);
    await fail(older);

    await resolveFor(ports, 'orders', [over(older, { last_modified: '2026-03-01T08:00:00.000Z' })]);
    const byOlder = resolutions().length;
    await resolveFor(ports, 'orders', [over(newer, { last_modified: '2026-03-01T09:00:00.000Z' })]);

    expect([byOlder, resolutions().length]).toEqual([0, 1]);
  });

  it('takes in nothing more when its end is being told', async () => {
    const { fail, ports, pages, resolutions } = world();
    await fail({ name: 'one' });
    const publish = async (alert: AlertMessage) => {
      await ports.publish(alert);
      if (alert.subject.includes('resolved')) await fail({ name: 'two' });
    };

    await resolveFor({ ...ports, publish }, 'orders', [over({ name: 'one' })]);
    await resolveFor(ports, 'orders', [over({ name: 'two' })]);

    expect([pages().length, resolutions().length]).toEqual([2, 2]);
  });

  it('of a run that led the table for others is over when the next batch is done', async () => {
    const { fail, put, ports, failed, resolutions } = world();
    put(fileItem({ name: 'leader' }, { status: 'done' }));
    put(busyTable);
    await fail({ name: 'leader', state: 'RefreshGold', error: 'QueryRejectedError' });

    const held = failed().map(({ kind }) => kind);
    await resolveFor(ports, 'orders', [over({ name: 'other' })]);

    expect(held).toEqual(['table']);
    expect(resolutions()).toHaveLength(1);
  });

  it('is resolved whatever became of others of the same file', async () => {
    const clock = handClock();
    const { fail, ports, pages, resolutions } = world(clock);
    await fail({ name: 'one', file: 'a.csv' });
    clock.advance(7200);
    await fail({ name: 'again', file: 'a.csv' });

    await resolveFor(ports, 'orders', [over({ name: 'x', file: 'a.csv' })]);

    expect([pages().length, resolutions().length]).toEqual([2, 2]);
  });

  it('of another dataset is left alone, even if its name begins alike', async () => {
    const { fail, ports, resolutions } = world();
    await fail({ name: 'one', dataset: 'orders_old' });

    await resolveFor(ports, 'orders', [over({ name: 'one' }), over({ name: 'one', dataset: 'orders_old' })]);

    expect(resolutions()).toEqual([]);
  });

  it('with thousands of files is resolved', async () => {
    const { fail, ports, resolutions } = world();
    const names = Array.from({ length: 1_150 }, (_, index) => `run${index}`);
    for (const name of names) await fail({ name });

    await resolveFor(
      ports,
      'orders',
      names.slice(0, 500).map((name) => over({ name })),
    );
    await resolveFor(
      ports,
      'orders',
      names.slice(500).map((name) => over({ name })),
    );

    expect(resolutions().map(({ subject }) => subject)).toEqual([
      '[tributary test] resolved: 1150 runs, orders: FileRejectedError in ValidateFile',
    ]);
  });
});

describe('resolving', () => {
  it('costs one query when nothing is open', async () => {
    const { ports } = world();
    const calls: string[] = [];
    const counting = Object.fromEntries(
      Object.entries(ports.store).map(([name, method]) => [
        name,
        (...given: unknown[]) => {
          calls.push(name);
          return (method as (...given: unknown[]) => unknown)(...given);
        },
      ]),
    ) as unknown as typeof ports.store;

    await resolveFor({ ...ports, store: counting }, 'orders', [over({ name: 'one' })]);

    expect(calls).toEqual(['query']);
  });

  it('is tried again when the message could not be sent', async () => {
    const { fail, ports, resolutions, closed } = world();
    await fail({ name: 'one' });
    const broken = { ...ports, publish: async () => Promise.reject(new Error('SNS is down')) };

    await expect(resolveFor(broken, 'orders', [over({ name: 'one' })])).rejects.toThrow('SNS is down');
    await resolveFor(ports, 'orders', []);

    expect(resolutions()).toHaveLength(1);
    expect(closed()).toHaveLength(1);
  });

  it('is made up for by the report when the file was done before that could be known', async () => {
    const { fail, ports, put, sent, open } = world();
    const late = {
      ...ports.store,
      write: async (...given: Parameters<typeof ports.store.write>) => {
        put(fileItem({ name: 'one' }, { status: 'done' }));
        await ports.store.write(...given);
      },
    };

    await fail({ name: 'one' }, { store: late });

    expect(open()).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('of the file of an unknown dataset comes when its contract is there', async () => {
    const { fail, put, ports, resolutions } = world();
    const failing = { name: 'one', dataset: 'invoices', error: 'UnknownDatasetError', state: 'IdentifyFile' };
    put(fileItem(failing, { dataset: 'unknown', status: 'rejected' }));
    await fail(failing);

    await resolveFor(ports, 'invoices', [over(failing)]);

    expect(resolutions()).toHaveLength(1);
  });
});
