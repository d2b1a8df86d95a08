import type { Mart } from '../../gold/mart.ts';

/** Names of the marts that show what a dataset has: those that read it, and views of these. */
export function martsOf(marts: Mart[], dataset: string): string[] {
  const gold = marts.filter(({ layer }) => layer === 'gold');
  const reached = new Set([dataset]);
  // Views may read views: until no further one is reached.
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const { name, sources } of gold) if (sources.some((source) => reached.has(source))) reached.add(name);
  }
  return gold.map(({ name }) => name).filter((name) => reached.has(name) && name !== dataset);
}
