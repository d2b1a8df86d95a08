import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomFrom } from '../../../core/generate/random.ts';
import { getFile } from '../../../core/ledger/files.ts';
import type { BatchItem } from '../../../core/ledger/items.ts';
import { batchOf } from '../../../core/ledger/table.ts';
import { isLocal, ledger, stack, stage, until } from '../../acceptance/cloud.ts';
import { setFileRule } from '../../acceptance/rules.ts';
import { seed } from '../../engine/seed.ts';
import type { Executed } from '../execution/commands.ts';
import type { FaultPlan } from '../execution/faults.ts';
import { ask, atRest, endStates, expectedOf, settled } from '../execution/lake.ts';
import { queriesSince } from '../execution/queries.ts';
import { report } from '../execution/report.ts';
import { silenceRules } from '../execution/rules.ts';
import { functionEnvironment, type Runner, startRunner } from '../execution/runner.ts';
import { type Sample, samplesOf } from '../execution/sample.ts';
import { type Landed, landSample, runOf } from '../kill/kill.ts';
import { foreignWriter, isConflict, met } from './foreign.ts';
import { budgetOf, persistent } from './persistent.ts';

export interface Counts {
  /** Runs of which a share of all calls fails. */
  throttled: number;
  /** Runs of which the first answer of each start of a query is lost. */
  lost: number;
  /** Kinds of a fault that does not pass. */
  persistent: number;
  /** Waves of three files while a foreign writer is at work. */
  waves: number;
}

const minutes = (count: number) => count * 60_000;

export function faultSuite(counts: Counts): void {
  (isLocal ? describe : describe.skip)('when services fail', () => {
    const sample = samplesOf(`faults ${seed} ${Date.now()}`, 2010);
    let next = 0;
    let loud: () => Promise<void>;
    let worker: Runner;

    beforeAll(async () => {
      await stack();
      loud = await silenceRules(stage);
      worker = await startRunner(await functionEnvironment(stage));
      // The first file creates the tables.
      await run(await fresh());
    }, minutes(3));

    afterAll(async () => {
      worker?.end();
      await loud?.();
    });

    interface Case extends Landed {
      sample: Sample;
      run: string;
    }

    async function fresh(): Promise<Case> {
      const index = next++;
      const landed = await landSample(sample(index));
      return { ...landed, sample: sample(index), run: await runOf(`faults-${Date.now().toString(36)}-${index}`) };
    }

    async function run({ run, start }: Case, faults?: FaultPlan, more: { until?: string; from?: Executed['at'] } = {}) {
      const { executed } = await worker.execute({ run, from: start, faults, ...more });
      return executed!;
    }

    /** All is as if nothing had happened. */
    async function expectSettled(cases: Case[]): Promise<void> {
      const states = await endStates(
        cases.map((one) => one.sample),
        cases.map((one) => one.fileId),
      );
      for (const [at, one] of cases.entries()) {
        const rest = await atRest(one.fileId);
        expect({ ...rest, ...states[at]! }).toEqual({ ...settled(one.sample), ...expectedOf(one.sample) });
      }
    }

    const reportFailure = ({ run, fileId }: Case, { error, cause }: Executed) =>
      worker.report({ run, dataset: 'orders', fileId, error: `${error}: ${cause}` });

    describe('for a share of all calls, before or after they take effect', () => {
      it(
        'the run succeeds, each file is merged once, and nothing is missing or doubled',
        async () => {
          const since = new Date();
          const cases: Case[] = [];
          const injected: Record<string, number> = {};
          const attempts: Record<string, number> = {};
          for (let at = 0; at < counts.throttled; at++) {
            const one = await fresh();
            const ended = await run(one, { seed: `${seed} ${at}`, wire: 0.2, cancelled: 0.1, invocations: 0.1 });
            expect({ error: ended.error, cause: ended.cause }).toEqual({});
            for (const [kind, count] of Object.entries(ended.injected)) injected[kind] = (injected[kind] ?? 0) + count;
            for (const [state, count] of Object.entries(ended.attempts)) {
              attempts[state] = (attempts[state] ?? 0) + count;
            }
            cases.push(one);
          }

          const merges = (await queriesSince(since)).filter(({ statement }) => statement === 'merge silver.orders');
          report(
            `${counts.throttled} runs with faults (FC_SEED=${seed}): ${merges.length} MERGEs`,
            `  attempts: ${figures(attempts)}`,
            ...Object.entries(injected).map(([kind, count]) => `  ${String(count).padStart(4)} × ${kind}`),
          );
          await expectSettled(cases);
          for (const { fileId } of cases) {
            expect(merges.filter(({ sql }) => sql.includes(fileId)).map(({ state }) => state)).toEqual(['SUCCEEDED']);
          }
        },
        minutes(2 * counts.throttled),
      );
    });

    describe('so that the answer to the start of each query is lost', () => {
      it(
        'no query is started twice',
        async () => {
          for (let at = 0; at < counts.lost; at++) {
            const one = await fresh();
            const since = new Date();

            const ended = await run(one, { seed, loseStarts: true });

            const started = await queriesSince(since);
            expect({ error: ended.error, cause: ended.cause }).toEqual({});
            expect(ended.injected).toEqual({ 'first answer of StartQueryExecution lost': ended.queries.length });
            expect(started.map(({ id }) => id).sort()).toEqual(ended.queries.map(({ id }) => id).sort());
            expect(started.filter(({ statement }) => statement === 'merge silver.orders')).toHaveLength(1);
            await expectSettled([one]);
          }
        },
        minutes(2 * counts.lost),
      );
    });

    const from = randomFrom(`persistent ${seed}`).whole(0, persistent.length - 1);
    const drawn = Array.from(
      { length: counts.persistent },
      (_, at) => persistent[(from + at) % persistent.length]!,
    ).map((one) => ({ ...one, attempts: budgetOf(one) }));
    describe.each(drawn)('for as long as $state is tried', ({ state, plan, error, attempts }) => {
      it(
        `the run fails with ${error} after ${attempts} attempts, and is finished once the fault is over`,
        async () => {
          const one = await fresh();

          const failed = await run(one, { seed, ...plan });

          expect(failed).toMatchObject({ status: 'FAILED', error, at: { state } });
          expect(failed.attempts[state]).toBe(attempts);
          expect(attempts).toBeGreaterThan(1);
          expect((await atRest(one.fileId)).file.status).not.toBe('done');
          await reportFailure(one, failed);
          expect(await run(one, undefined, { from: failed.at })).toMatchObject({ status: 'SUCCEEDED' });
          await expectSettled([one]);
        },
        minutes(4),
      );
    });

    describe('to keep a row', () => {
      const lost = ({ sample }: Case) => sample.orders[7]!.order_id;

      /** The run ends at the check, once, and nothing says that the file is done; the ledger's batch. */
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

      it(
        'that is deleted between the MERGE and the check, the run fails; with the row put back a redrive ends right',
        async () => {
          const one = await fresh();
          const paused = await run(one, undefined, { until: 'PublishMetrics' });
          await ask(`delete from {silver}.orders where order_id = '${lost(one)}'`);

          const ended = await run(one, undefined, { from: paused.at });

          const batch = await expectRefused(one, ended);
          await reportFailure(one, ended);
          await ask(`insert into {silver}.orders select * from {silver}.orders for version as of ${batch.snapshot_id}
            where order_id = '${lost(one)}'`);
          expect(await run(one, undefined, { from: ended.at })).toMatchObject({ status: 'SUCCEEDED' });
          await expectSettled([one]);
        },
        minutes(2),
      );

      it(
        'that the MERGE leaves out, the run fails; with the MERGE corrected a redrive ends right',
        async () => {
          const one = await fresh();
          const since = new Date();
          const find = 'meta_rank = 1';
          const replace = `${find} and order_id <> '${lost(one)}'`;

          const ended = await run(one, { seed, alter: { find, replace } });

          expect(ended.injected).toEqual({ 'altered MERGE': 1 });
          await expectRefused(one, ended);
          await reportFailure(one, ended);
          const merge = (await queriesSince(since)).find(({ statement }) => statement === 'merge silver.orders')!;
          await ask(merge.sql.replace(replace, find));
          expect(await run(one, undefined, { from: ended.at })).toMatchObject({ status: 'SUCCEEDED' });
          expect((await endStates([one.sample], [one.fileId]))[0]!.silver).toEqual(expectedOf(one.sample).silver);
          // Gold was refreshed before the row was there: the next version of the row brings it up to date.
          const { orders } = one.sample;
          const row = orders.find(({ order_id }) => order_id === lost(one))!;
          await ingestAgain(one, row.order_id);
          expect((await endStates([one.sample], [one.fileId]))[0]).toEqual(expectedOf(one.sample));
        },
        minutes(2),
      );

      /** Drops the row of this order once more, with nothing changed but its time. */
      async function ingestAgain({ sample }: Case, orderId: string): Promise<void> {
        const [header, ...lines] = sample.csv.trimEnd().split('\n');
        const line = lines.find((candidate) => candidate.startsWith(orderId))!;
        const csv = `${header}\n${line.replace(/T\d\d:00:00Z$/, 'T20:00:00Z')}\n`;
        const landed = await landSample({ ...sample, key: sample.key.replace('orders.csv', 'again.csv'), csv });
        const again = { ...landed, sample, run: await runOf(`faults-${Date.now().toString(36)}-again`) };
        expect(await run(again)).toMatchObject({ status: 'SUCCEEDED' });
      }
    });

    describe('because a foreign writer commits to the table', () => {
      it(
        'every file lands, once, though a commit comes in the way of at least 3 MERGEs in 10',
        async () => {
          const since = new Date();
          const foreign = foreignWriter(String(seed));
          const cases: Case[] = [];
          await setFileRule(stage, true);
          try {
            for (let wave = 0; wave < counts.waves; wave++) {
              const dropped = await Promise.all([fresh(), fresh(), fresh()]);
              cases.push(...dropped);
              for (const { fileId } of dropped) {
                await until(`file ${fileId} is done`, 240, async () => {
                  const { file } = await atRest(fileId);
                  if (file.status === 'failed' || file.error !== undefined) throw new Error(`${fileId}: ${file.error}`);
                  return file.status === 'done';
                });
              }
            }
          } finally {
            await setFileRule(stage, false);
            await foreign.stop();
          }
          await until('the table is at rest', 60, async () => {
            const { table } = await atRest(cases[0]!.fileId);
            return table.owner === undefined && table.unplanned === 0;
          });

          const queries = await queriesSince(since);
          const merges = queries.filter(({ statement }) => statement === 'merge silver.orders');
          const inserts = queries.filter(({ statement }) => statement === 'insert silver.orders');
          const commits = inserts.filter(({ state }) => state === 'SUCCEEDED');
          const disturbed = merges.filter((merge) => met(merge, commits));
          const conflicts = merges.filter(({ reason }) => isConflict(reason));
          report(
            `${commits.length} foreign commits (of ${inserts.length}) during ${merges.length} MERGEs of ${cases.length} files: ` +
              `${disturbed.length} met one, ${conflicts.length} of them failed and were tried again (FC_SEED=${seed})`,
          );
          await expectSettled(cases);
          expect(disturbed.length).toBeGreaterThanOrEqual(0.3 * merges.length);
        },
        minutes(4 + 2 * counts.waves),
      );
    });
  });
}

const figures = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
