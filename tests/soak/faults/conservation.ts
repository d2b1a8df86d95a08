import { expect, it } from '@jest/globals';
import { getFile } from '../../../core/ledger/files.ts';
import type { BatchItem } from '../../../core/ledger/items.ts';
import { batchOf } from '../../../core/ledger/table.ts';
import { ledger } from '../../acceptance/cloud.ts';
import { seed } from '../../engine/seed.ts';
import type { Executed } from '../execution/commands.ts';
import { ask, atRest, endStates, expectedOf } from '../execution/lake.ts';
import { queriesSince } from '../execution/queries.ts';
import { landSample, runOf } from '../kill/kill.ts';
import type { Case, Cases } from './cases.ts';

/** Defects that lose one row, put into a run on purpose. */
export function lostRows({ fresh, run, reported, expectSettled }: Cases): void {
  const lost = ({ sample }: Case) => sample.orders[7]!.order_id;

  it('a row that is deleted between the MERGE and the check fails the run; put back, a redrive ends right', async () => {
    const one = await fresh();
    const paused = await run(one, undefined, { until: 'PublishMetrics' });
    await ask(`delete from {silver}.orders where order_id = '${lost(one)}'`);

    const ended = await run(one, undefined, { from: paused.at });

    const { snapshot_id } = await expectRefused(one, ended);
    await reported(one, ended);
    await ask(`insert into {silver}.orders select * from {silver}.orders for version as of ${snapshot_id}
      where order_id = '${lost(one)}'`);
    expect(await run(one, undefined, { from: ended.at })).toMatchObject({ status: 'SUCCEEDED' });
    await expectSettled([one]);
  }, 120_000);

  it('a row that the MERGE leaves out fails the run; merged by a corrected MERGE, a redrive ends right', async () => {
    const one = await fresh();
    const since = new Date();
    const find = 'meta_rank = 1';
    const replace = `${find} and order_id <> '${lost(one)}'`;

    const ended = await run(one, { seed, alter: { find, replace } });

    expect(ended.injected).toEqual({ 'altered MERGE': 1 });
    await expectRefused(one, ended);
    await reported(one, ended);
    const merge = (await queriesSince(since)).find(({ statement }) => statement === 'merge silver.orders')!;
    await ask(merge.sql.replace(replace, find));
    expect(await run(one, undefined, { from: ended.at })).toMatchObject({ status: 'SUCCEEDED' });
    // Gold was refreshed before the row was there: the next version of the row brings it up to date.
    await dropAgain(one);
    expect((await endStates([one.sample], [one.fileId]))[0]).toEqual(expectedOf(one.sample));
  }, 120_000);

  /** The run has ended at the check, once, and nothing says that the file is done. Returns its batch. */
  async function expectRefused(one: Case, ended: Executed): Promise<BatchItem> {
    const { file, batches } = await atRest(one.fileId);
    expect(ended).toMatchObject({
      status: 'FAILED',
      error: 'RowConservationError',
      cause: expect.stringContaining('37 rows accepted, 37 staged, 1 of them missing from silver'),
      at: { state: 'PublishMetrics' },
      attempts: { PublishMetrics: 1 },
    });
    expect({ status: file.status, batches }).toEqual({ status: 'staged', batches: ['merged'] });
    const store = await ledger();
    const { dataset, staged_seq } = (await getFile(store, one.fileId))!;
    return (await batchOf(store, dataset, staged_seq!))!;
  }

  /** Drops the row that was lost once more, with nothing changed but its time. */
  async function dropAgain(one: Case): Promise<void> {
    const { sample } = one;
    const [header, ...lines] = sample.csv.trimEnd().split('\n');
    const line = lines.find((candidate) => candidate.startsWith(lost(one)))!;
    const csv = `${header}\n${line.replace(/T\d\d:00:00Z$/, 'T20:00:00Z')}\n`;
    const landed = await landSample({ ...sample, key: sample.key.replace('orders.csv', 'again.csv'), csv });
    const again = { ...landed, sample, run: await runOf(`faults-${Date.now().toString(36)}-again`) };
    expect(await run(again)).toMatchObject({ status: 'SUCCEEDED' });
  }
}
