import { describe, expect, it } from '@jest/globals';
import { randomFrom } from '../../../core/generate/random.ts';
import { seed } from '../../engine/seed.ts';
import { atRest } from '../execution/lake.ts';
import { queriesSince } from '../execution/queries.ts';
import { report } from '../execution/report.ts';
import type { Case, Cases } from './cases.ts';
import { budgetOf, persistent } from './persistent.ts';

const minutes = (count: number) => count * 60_000;
const isMerge = ({ statement }: { statement: string }) => statement === 'merge silver.orders';

/** Adds counts by name to what is there. */
function add(sums: Record<string, number>, counts: Record<string, number>): void {
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
}

/** Runs of which a fifth of all calls fails, and runs of which every first answer of the start of a query is lost. */
export function passingFaults({ fresh, run, expectSettled }: Cases, throttled: number, lost: number): void {
  it(
    'a fifth of all calls, before or after it takes effect: the run succeeds, and its file is merged once',
    async () => {
      const since = new Date();
      const cases: Case[] = [];
      const injected: Record<string, number> = {};
      const attempts: Record<string, number> = {};
      for (let at = 0; at < throttled; at++) {
        const one = await fresh();
        const ended = await run(one, { seed: `${seed} ${at}`, wire: 0.2, cancelled: 0.2, invocations: 0.2 });
        expect({ error: ended.error, cause: ended.cause }).toEqual({});
        add(injected, ended.injected);
        add(attempts, ended.attempts);
        cases.push(one);
      }

      const merges = (await queriesSince(since)).filter(isMerge);
      const list = (counts: Record<string, number>) =>
        Object.entries(counts).map(([name, count]) => `  ${String(count).padStart(4)} × ${name}`);
      report(
        `${throttled} runs with faults, ${merges.length} MERGEs (FC_SEED=${seed} repeats this); attempts:`,
        ...list(attempts),
        'faults:',
        ...list(injected),
      );
      await expectSettled(cases);
      for (const { fileId } of cases) {
        expect(merges.filter(({ sql }) => sql.includes(fileId)).map(({ state }) => state)).toEqual(['SUCCEEDED']);
      }
    },
    minutes(3 * throttled),
  );

  it(
    'the answer to the start of each query: no query is started twice',
    async () => {
      for (let at = 0; at < lost; at++) {
        const one = await fresh();
        const since = new Date();

        const ended = await run(one, { seed, loseStarts: true });

        const started = await queriesSince(since);
        expect({ error: ended.error, cause: ended.cause }).toEqual({});
        expect(ended.injected).toEqual({ 'first answer of StartQueryExecution lost': ended.queries.length });
        expect(started.map(({ id }) => id).sort()).toEqual(ended.queries.map(({ id }) => id).sort());
        expect(started.filter(isMerge)).toHaveLength(1);
        await expectSettled([one]);
      }
    },
    minutes(2 * lost),
  );
}

/** Faults that last longer than the retries: `kinds` of them, beginning with one that the seed draws. */
export function lastingFaults({ fresh, run, reported, expectSettled }: Cases, kinds: number): void {
  const first = randomFrom(`lasting ${seed}`).whole(0, persistent.length - 1);
  const drawn = Array.from({ length: kinds }, (_, at) => persistent[(first + at) % persistent.length]!);

  describe.each(drawn.map((one) => ({ ...one, attempts: budgetOf(one) })))(
    'all calls of a kind in $state',
    ({ state, plan, error, attempts }) => {
      it(
        `the run fails with ${error} after ${attempts} attempts, and ends right once the fault is over`,
        async () => {
          const one = await fresh();

          const failed = await run(one, { seed, ...plan });

          expect(failed).toMatchObject({ status: 'FAILED', error, at: { state } });
          expect(failed.attempts[state]).toBe(attempts);
          expect((await atRest(one.fileId)).file.status).not.toBe('done');
          await reported(one, failed);
          expect(await run(one, undefined, { from: failed.at })).toMatchObject({ status: 'SUCCEEDED' });
          await expectSettled([one]);
        },
        minutes(4),
      );
    },
  );
}
