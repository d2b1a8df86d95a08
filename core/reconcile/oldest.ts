/** Keeps the `limit` oldest of any number of things, and counts them all. */
export function oldest<T>(limit: number, timeOf: (item: T) => string) {
  let kept: T[] = [];
  let count = 0;
  const byAge = (a: T, b: T) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0);
  const cut = () => {
    kept = kept.sort(byAge).slice(0, limit);
  };
  return {
    add(item: T) {
      count += 1;
      kept.push(item);
      // Twice the limit is what is ever held: sorting at each addition would be slow.
      if (kept.length >= 2 * limit) cut();
    },
    get count() {
      return count;
    },
    /** Oldest first. */
    list(): T[] {
      cut();
      return kept;
    },
  };
}
