import fc from 'fast-check';

/**
 * Every file one to ten times, all in random order, cut into waves of which some are a single run, some a few, and the
 * others a large part of all.
 */
export function wavesOf<T>(files: T[], waves: number): fc.Arbitrary<T[][]> {
  const times = fc.oneof(
    { weight: 3, arbitrary: fc.constant(1) },
    { weight: 2, arbitrary: fc.integer({ min: 2, max: 3 }) },
    { weight: 1, arbitrary: fc.integer({ min: 4, max: 10 }) },
  );
  const share = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 20, max: 100 }));
  return fc
    .tuple(
      fc.array(times, { minLength: files.length, maxLength: files.length }),
      fc.array(share, { minLength: waves - 1, maxLength: waves - 1 }),
    )
    .chain(([counts, shares]) => {
      const runs = files.flatMap((file, index) => Array<T>(counts[index]!).fill(file));
      return fc.shuffledSubarray(runs, { minLength: runs.length }).map((order) => cut(order, [...shares, 100]));
    });
}

/** Cuts a list into parts of sizes in these proportions, each of at least one element. */
function cut<T>(list: T[], shares: number[]): T[][] {
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const parts: T[][] = [];
  let start = 0;
  for (const [index, share] of shares.entries()) {
    const last = index === shares.length - 1;
    const end = last
      ? list.length
      : Math.min(list.length, start + Math.max(1, Math.round((share / whole) * list.length)));
    if (end > start) parts.push(list.slice(start, end));
    start = end;
  }
  return parts;
}
