import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { stack, stage } from '../../acceptance/cloud.ts';
import { seed } from '../../engine/seed.ts';
import type { Executed, Reported } from '../execution/commands.ts';
import type { FaultPlan } from '../execution/faults.ts';
import { atRest, endStates, expectedOf, settled } from '../execution/lake.ts';
import { silenceRules } from '../execution/rules.ts';
import { functionEnvironment, type Runner, startRunner } from '../execution/runner.ts';
import { type Sample, samplesOf } from '../execution/sample.ts';
import { type Landed, landSample, runOf } from '../kill/kill.ts';

/** A file of its own in the landing bucket, and the run that is to bring it in. */
export interface Case extends Landed {
  sample: Sample;
  run: string;
}

export interface Cases {
  fresh(): Promise<Case>;
  /** Runs a case from its beginning, or from where it stood, to its end or to a state. */
  run(one: Case, faults?: FaultPlan, part?: { until?: string; from?: Executed['at'] }): Promise<Executed>;
  /** Does for a failed run what report-failure does. */
  reported(one: Case, failed: Executed): Promise<Reported>;
  /** All is as if nothing had happened. */
  expectSettled(cases: Case[]): Promise<void>;
}

/** Sets up a process that runs the cases of the describe block around, while nothing else starts runs. */
export function setUpCases(): Cases {
  const sample = samplesOf(`faults ${seed} ${Date.now()}`, 2010);
  let next = 0;
  let loud: () => Promise<void>;
  let worker: Runner;
  const begun: Case[] = [];

  async function fresh(): Promise<Case> {
    const index = next++;
    const run = await runOf(`faults-${Date.now().toString(36)}-${index}`);
    const one = { ...(await landSample(sample(index))), sample: sample(index), run };
    begun.push(one);
    return one;
  }

  async function run({ run, start }: Case, faults?: FaultPlan, part: { until?: string; from?: Executed['at'] } = {}) {
    const { executed } = await worker.execute({ run, from: start, faults, ...part });
    if (executed === undefined) throw new Error(`the process of ${run} was killed`);
    return executed;
  }

  const reported = ({ run, fileId }: Case, { error, cause }: Executed) =>
    worker.report({ run, dataset: 'orders', fileId, error: `${error}: ${cause}` });

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

  beforeAll(async () => {
    await stack();
    loud = await silenceRules(stage);
    worker = await startRunner(await functionEnvironment(stage));
    // The first file creates the tables.
    await run(await fresh());
  }, 180_000);

  // So that a case that ends badly does not hold up those after it.
  afterEach(async () => {
    for (const { run, fileId } of begun.splice(0)) {
      await worker.report({ run, dataset: 'orders', fileId, error: 'left by a test' });
    }
  });

  afterAll(async () => {
    worker?.end();
    await loud?.();
  });

  return { fresh, run, reported, expectSettled };
}
