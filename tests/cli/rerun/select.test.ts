import { describe, expect, it } from '@jest/globals';
import type { Execution } from '../../../aws/executions.ts';
import { selectFailed } from '../../../cli/rerun/select.ts';
import { fileId } from '../../../core/ledger/file-id.ts';
import type { FileItem } from '../../../core/ledger/items.ts';
import type { Stored } from '../../../core/ledger/store.ts';
import { memoryStore } from '../../core/incident/memory-store.ts';
import { arnOf, bucket, eventOf, execution, key } from '../runs/runs-fixture.ts';

const since = new Date('2026-03-01T10:00:00.000Z');
const at = (minute: number) => new Date(`2026-03-01T10:${String(minute).padStart(2, '0')}:00.000Z`);

function given(runs: Execution[], files: Record<string, Partial<FileItem>> = {}, others: Stored[] = []) {
  const ledger = memoryStore();
  for (const item of others) ledger.items.set(`${item.pk}\n${item.sk}`, item);
  for (const [version, item] of Object.entries(files)) {
    const file_id = fileId(bucket, key, version);
    const whole = { pk: `file#${file_id}`, sk: 'file', rev: 1, file_id, dataset: 'orders', ...item };
    ledger.items.set(`${whole.pk}\n${whole.sk}`, whole as Stored);
  }
  const ports = {
    ledger,
    describe: async (arn: string) => runs.find((run) => run.arn === arn),
    async *list(status: string) {
      yield* runs.filter((run) => run.status === status).sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
    },
  };
  return (more: { dataset?: string; error?: string } = {}) => selectFailed(ports, { since, ...more });
}

const failed = (name: string, version: string, minute: number, over: Partial<Execution> = {}) =>
  execution(name, {
    ...{ status: 'FAILED', input: eventOf(version), error: 'ThrottledError' },
    ...{ startedAt: at(minute), stoppedAt: at(minute + 1), ...over },
  });
const names = (list: { run: Execution }[]) => list.map(({ run }) => run.name);

describe('which failed runs are run again', () => {
  it('are those that failed, timed out or were stopped since then, oldest first', async () => {
    const select = given([
      failed('stopped', 'v3', 30, { status: 'ABORTED' }),
      failed('failed', 'v1', 10),
      failed('timed-out', 'v2', 20, { status: 'TIMED_OUT', startedAt: new Date('2026-03-01T05:00:00.000Z') }),
      failed('before', 'v4', 10, {
        stoppedAt: new Date('2026-03-01T09:59:59.000Z'),
        startedAt: new Date('2026-03-01T09:50:00.000Z'),
      }),
      failed('well', 'v5', 10, { status: 'SUCCEEDED' }),
    ]);

    const { chosen, left } = await select();

    expect(names(chosen)).toEqual(['timed-out', 'failed', 'stopped']);
    expect(left).toEqual([]);
  });

  it('are the newest of each file', async () => {
    const select = given([failed('first', 'v1', 10), failed('third', 'v1', 30), failed('second', 'v1', 20)]);

    expect(names((await select()).chosen)).toEqual(['third']);
  });

  it('are all where the input tells no version, since they may be about different files', async () => {
    const select = given([
      failed('one', '', 10, { input: eventOf(undefined) }),
      failed('two', '', 20, { input: eventOf(undefined) }),
    ]);

    expect(names((await select()).chosen)).toEqual(['one', 'two']);
  });

  it('are only those of a dataset, or of an error, when that is asked for', async () => {
    const select = given([
      failed('orders', 'v1', 10),
      failed('rejected', 'v2', 20, { error: 'FileRejectedError' }),
      failed('products', 'v1', 30, { input: eventOf('v1', 'landing/products/p.csv') }),
    ]);

    expect(names((await select({ dataset: 'products' })).chosen)).toEqual(['products']);
    expect(names((await select({ error: 'FileRejectedError' })).chosen)).toEqual(['rejected']);
  });

  it('are found by the name that the page has for those that were stopped or took too long', async () => {
    const select = given([
      failed('stopped', 'v1', 10, { status: 'ABORTED', error: undefined }),
      failed('timed-out', 'v2', 20, { status: 'TIMED_OUT', error: undefined }),
    ]);

    expect(names((await select({ error: 'Aborted' })).chosen)).toEqual(['stopped']);
    expect(names((await select({ error: 'States.Timeout' })).chosen)).toEqual(['timed-out']);
  });

  it('are those that led a batch whose rows are in silver and not in gold, and not the others of the batch', async () => {
    const staged = { status: 'staged', staged_seq: 1, dataset: 'orders' } as const;
    const files = { v1: { ...staged, error: 'QueryRejectedError: a mart' }, v2: { ...staged, staged_seq: 2 } };
    const select = given([failed('led', 'v1', 10), failed('earlier', 'v2', 5)], files, [
      { pk: 'table#orders', sk: 'batch#000000000002', rev: 1, from_seq: 1, to_seq: 2, status: 'merged' } as Stored,
    ]);

    const { chosen, left } = await select();

    expect(names(chosen)).toEqual(['led']);
    expect(left.map(({ why }) => why)).toEqual(['merged since']);
  });

  it.each([
    [true, 1, ['led']],
    [false, 1, []],
    [true, 2, []],
  ])(
    'are those that led for others (redrivable: %s, planned of two: %s)',
    async (redrivable, planned_seq, expected) => {
      const select = given([failed('led', 'v1', 10, { redrivable })], { v1: { status: 'done', run: arnOf('led') } }, [
        { pk: 'table#orders', sk: 'lease', rev: 1, staged_seq: 2, planned_seq } as Stored,
      ]);

      expect(names((await select()).chosen)).toEqual(expected);
    },
  );

  it('is decided by the error of the newest run of a file', async () => {
    const select = given([failed('first', 'v1', 10, { error: 'FileRejectedError' }), failed('second', 'v1', 20)]);

    expect(await select({ error: 'FileRejectedError' })).toEqual({ chosen: [], left: [] });
  });

  it.each<[string, Partial<FileItem>, string | undefined]>([
    ['has been brought in', { status: 'done' }, 'done since'],
    ['was undone', { status: 'undone' }, 'undone since'],
    ['is staged for another run', { status: 'staged', staged_seq: 1 }, 'staged, and the run that leads merges it'],
    ['is taken up by another run', { status: 'received', run: arnOf('newer') }, 'another run is at it'],
    [
      'was left staged by its own run',
      { status: 'staged', staged_seq: 1, error: 'StatementRefusedError: no' },
      undefined,
    ],
    ['failed', { status: 'failed', run: arnOf('failed') }, undefined],
    ['was rejected', { status: 'rejected', run: arnOf('failed') }, undefined],
    ['was taken up by a run that is gone', { status: 'received', run: arnOf('gone') }, undefined],
  ])('depends on what has become of the file: it %s', async (_, file, why) => {
    const select = given([failed('failed', 'v1', 10), execution('newer')], { v1: file });

    const { chosen, left } = await select();

    expect([names(chosen), left.map((one) => one.why)]).toEqual(why === undefined ? [['failed'], []] : [[], [why]]);
  });
});
