import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomFrom } from '../../../core/generate/random.ts';
import { isLocal, stack, stage } from '../../acceptance/cloud.ts';
import { seed } from '../../engine/seed.ts';
import type { Point } from '../execution/commands.ts';
import { endStates, expectedOf, goldDifferences, settled } from '../execution/lake.ts';
import { report } from '../execution/report.ts';
import { silenceRules } from '../execution/rules.ts';
import { functionEnvironment, type Runner, startRunner } from '../execution/runner.ts';
import { samplesOf } from '../execution/sample.ts';
import { killAt, landSample, type Outcome, pointsOf, runOf, runWhole, ways } from './kill.ts';

/**
 * Kills a run before and after each side effect that it has, goes on, and compares what is there in the end. `share` of
 * the points are drawn by the seed; each has a file and a day of its own.
 */
export function killSuite(share: number): void {
  // Nobody can kill a function of AWS at a given line; its code, run here against AWS, would prove nothing more.
  (isLocal ? describe : describe.skip)('a task that dies before or after a side effect', () => {
    const sample = samplesOf(`kill ${seed} ${Date.now()}`, 2001);
    let loud: () => Promise<void>;
    let env: NodeJS.ProcessEnv;
    let worker: Runner;
    let points: Point[];

    beforeAll(async () => {
      await stack();
      loud = await silenceRules(stage);
      env = await functionEnvironment(stage);
      worker = await startRunner(env);
      // The first file creates the tables; the second is the dry run.
      for (const [index, name] of ['first', 'dry'].entries()) {
        const lines = await runWhole(runName(name), await landSample(sample(index)), worker);
        points = pointsOf(lines);
      }
    }, 180_000);

    afterAll(async () => {
      worker?.end();
      await loud?.();
    });

    it('has at least 40 such places', () => {
      const effects = points.filter(({ when }) => when === 'before');
      const calls = new Map<string, number>();
      for (const { effect } of effects) {
        const [call] = effect.match(/^\w+: \w+ \w+/)!;
        calls.set(call, (calls.get(call) ?? 0) + 1);
      }
      report(
        `side effects of one run, polls of a query counted once: ${effects.length}, ${points.length} places to die`,
        ...[...calls].map(([call, count]) => `  ${String(count).padStart(3)} × ${call}`),
      );

      expect(points.length).toBeGreaterThanOrEqual(40);
    });

    /** So that one point that ends badly does not hold up those after it. */
    async function freed(fileId: string, name: string): Promise<void> {
      for (const run of [await runOf(name), `${await runOf(name)}-again`]) {
        await worker.report({ run, dataset: 'orders', fileId, error: 'a problem of the test' });
      }
    }

    it('leaves nothing that the next run does not bring to the same end', async () => {
      const random = randomFrom(`kill ${seed}`);
      const offset = random.whole(0, ways.length - 1);
      const cases = points.map((point, index) => ({ point, index, way: ways[(index + offset) % ways.length]! }));
      const drawn = drawnFrom(cases, share, random.next);
      const started = Date.now();

      const outcomes: (Outcome & { index: number; fileId: string })[] = [];
      const problems: string[] = [];
      let spare = startRunner(env);
      for (const { point, index, way } of drawn) {
        const victim = await spare;
        spare = startRunner(env);
        const landed = await landSample(sample(index + 2));
        try {
          const outcome = await killAt(point, way, runName(`at-${index}`), landed, victim, worker);
          outcomes.push({ ...outcome, index, fileId: landed.fileId });
        } catch (error) {
          problems.push(`${way}: ${(error as Error).message}`);
          await freed(landed.fileId, runName(`at-${index}`));
        } finally {
          victim.end();
        }
      }
      (await spare).end();

      const samples = outcomes.map(({ index }) => sample(index + 2));
      const states = await endStates(
        samples,
        outcomes.map(({ fileId }) => fileId),
      );
      report(...figures(outcomes, drawn.length, points.length, Date.now() - started));
      expect(problems).toEqual([]);
      for (const [at, { point, way, rest, published, woken }] of outcomes.entries()) {
        const where = `${point.when} ${point.effect}, ${way}`;
        expect({ where, ...rest, ...states[at]! }).toEqual({
          where,
          ...settled(samples[at]!),
          ...expectedOf(samples[at]!),
        });
        // The deployed functions publish what a woken run has merged.
        if (woken === undefined) expect({ where, published }).toEqual({ where, published: Math.max(1, published) });
      }
      // A poll or a retry that came in the dry run need not come again; nearly all else does.
      expect(outcomes.filter(({ killed }) => !killed).length).toBeLessThanOrEqual(Math.ceil(drawn.length / 10));
      expect(await goldDifferences()).toEqual([]);
    }, 7_200_000);
  });
}

const started = Date.now().toString(36);
const runName = (name: string) => `kill-${started}-${name}`;

/** A share of the cases, drawn without putting back, in their own order. */
function drawnFrom<T extends { index: number }>(cases: T[], share: number, next: () => number): T[] {
  const shuffled = cases.map((one) => ({ one, at: next() })).sort((a, b) => a.at - b.at);
  return shuffled
    .slice(0, Math.ceil(cases.length * share))
    .map(({ one }) => one)
    .sort((a, b) => a.index - b.index);
}

function figures(outcomes: Outcome[], drawn: number, of: number, milliseconds: number): string[] {
  const count = (way: string) => outcomes.filter((outcome) => outcome.way === way && outcome.killed).length;
  const unreached = outcomes.filter(({ killed }) => !killed);
  return [
    `killed ${outcomes.length - unreached.length} times at ${drawn} of ${of} places in ${Math.round(milliseconds / 1000)} s (FC_SEED=${seed})`,
    ...ways.map((way) => `  ${String(count(way)).padStart(3)} × ${way}`),
    `  ${String(outcomes.filter(({ woken }) => woken).length).padStart(3)} × finished by a run that report-failure woke`,
    ...unreached.map(({ point }) => `  not reached: ${point.when} ${point.effect}`),
  ];
}
