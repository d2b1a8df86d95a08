import fc from 'fast-check';

/** On a build server every run has the same cases, so that a failure there is of the change and not of chance. */
const BUILD_SEED = 1_171_223_478;

/** The seed of every property test of a suite, the same for all of them: `FC_SEED` repeats a run. */
export const seed = Number(process.env.FC_SEED ?? (process.env.CI ? BUILD_SEED : Math.trunc(Math.random() * 2 ** 31)));

/** Prints the seed, so that a run can be repeated, and gives it to every property of the suite. */
export function seeded(suite: string): void {
  console.log(`${suite}: seed ${seed} (FC_SEED=${seed} repeats this run)`);
  fc.configureGlobal({ seed });
}
