import fc from 'fast-check';

/** The seed of every property test of a suite, the same for all of them: `FC_SEED` repeats a run. */
export const seed =
  process.env.FC_SEED === undefined ? Math.trunc(Math.random() * 2 ** 31) : Number(process.env.FC_SEED);

/** Prints the seed, so that a run can be repeated, and gives it to every property of the suite. */
export function seeded(suite: string): void {
  console.log(`${suite}: seed ${seed} (FC_SEED=${seed} repeats this run)`);
  fc.configureGlobal({ seed });
}
