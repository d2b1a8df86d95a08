import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isTable, type Mart } from '../../../core/gold/mart.ts';
import { datasets, marts } from './duck-gold.ts';
import { generated, histories } from './histories.ts';
import { lived } from './lived.ts';

const groups: [string, string[]][] = [
  ['events', ['events']],
  ['orders', ['orders', 'customers', 'products']],
  ['transactions', ['transactions', 'customers']],
  ['bookings', ['bookings', 'properties', 'hosts']],
  ['lines of invoices', ['online_retail']],
];
const steps = 10;
const numRuns = 16;
const tables = marts().filter(isTable);
/** Marts that read nothing but these datasets. */
const over = (names: string[]) => tables.filter(({ sources }) => sources.every((source) => names.includes(source)));

/** The mart, without one of its lines `-- dirty`, under a name of its own. */
const deafTo = (mart: Mart, source: string): Mart => ({
  ...mart,
  name: `${mart.name}_deaf_to_${source}`,
  companions: [],
  dirty: { ...mart.dirty, [source]: `select * from (${mart.dirty[source]!}) where false` },
});

describe.each(groups)('every mart of %s', (_, names) => {
  it('equals its SELECT after each step of any history', async () => {
    const property = fc.asyncProperty(histories(names, steps), async (history) => {
      for await (const { mart, found } of lived(over(names), history))
        expect([mart.name, found]).toEqual([mart.name, []]);
    });

    await fc.assert(property, { numRuns });
  });

  it('is seen to differ in as many histories when any one of its lines "-- dirty" is taken away', async () => {
    const deaf = over(names).flatMap((mart) => Object.keys(mart.dirty).map((source) => deafTo(mart, source)));
    const unseen = new Map(deaf.map((mart) => [mart.name, mart]));
    expect(unseen.size).toBeGreaterThan(0);

    for (const history of fc.sample(histories(names, steps), { numRuns, seed: 7 })) {
      if (unseen.size === 0) break;
      for await (const { mart, found } of lived([...unseen.values()], history)) {
        if (found.length > 0) unseen.delete(mart.name);
        if (unseen.size === 0) break;
      }
    }

    expect([...unseen.keys()]).toEqual([]);
  });
});

// Datasets that are added need no rows in histories.ts, and marts over them need none.
it('is held against histories of every mart over the datasets that have histories', () => {
  const told = groups.flatMap(([, names]) => over(names).map(({ name }) => name));

  expect(generated.length).toBeGreaterThanOrEqual(9);
  expect(generated.filter((name) => !Object.hasOwn(datasets, name))).toEqual([]);
  expect(
    over(generated)
      .map(({ name }) => name)
      .filter((name) => !told.includes(name)),
  ).toEqual([]);
});
