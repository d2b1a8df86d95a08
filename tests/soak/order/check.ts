import { expect } from '@jest/globals';
import fc from 'fast-check';
import { stack, stage } from '../../acceptance/cloud.ts';
import { setFileRule } from '../../acceptance/rules.ts';
import { goldDifferences, quarantineDifferences, silverDifferences } from './compare.ts';
import { firstDay, history, own } from './history.ts';
import { truthOf } from './oracle.ts';
import { run, store } from './round.ts';
import { wavesOf } from './waves.ts';

/**
 * Histories `first` to `first + count - 1` of a seed, run in a random order and in random company, each file up to ten
 * times: silver and gold must be what the files say when they are read one after the other. Prints how it went.
 */
export async function checkHistories(seed: number, first: number, count: number, waves: number): Promise<void> {
  const mine = own(seed, first, first + count - 1);
  const draw = <T>(arbitrary: fc.Arbitrary<T>, more: number): T =>
    fc.sample(arbitrary, { seed: seed + more, numRuns: 1 })[0]!;
  const histories = Array.from({ length: count }, (_, index) => draw(history(first + index, seed), first + index));

  const { stored, runs, batches } = await withoutRule(async () => {
    const stored = await store(histories);
    return { stored, ...(await run(draw(wavesOf(stored.flat(), waves), 1000 + first))) };
  });

  const truths = stored.map(truthOf);
  const merges = `files a MERGE: ${batches.join(', ')}`;
  console.log(
    `${count} histories, ${stored.flat().length} files, ${runs} runs; ${merges} (FC_SEED=${seed} repeats this)`,
  );
  expect(await silverDifferences(truths, mine)).toEqual([]);
  expect(await goldDifferences(truths, mine, firstDay(seed, first), firstDay(seed, first + count))).toEqual([]);
  expect(await quarantineDifferences(truths)).toEqual([]);
}

/** Does something while no run is started for a dropped file: LastModified is settled before the first run. */
async function withoutRule<T>(act: () => Promise<T>): Promise<T> {
  await stack();
  await setFileRule(stage, false);
  try {
    return await act();
  } finally {
    await setFileRule(stage, true);
  }
}
