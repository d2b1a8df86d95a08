import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Mart } from '../../../core/gold/mart.ts';
import { datasets, duckGold, marts } from './duck-gold.ts';
import { generated, histories, type Step } from './histories.ts';
import { type File, type SilverRow, silverOf } from './silver-rows.ts';

const tables = (list: Mart[]) => list.filter(({ refresh }) => refresh.kind !== 'view');
/** Marts that read nothing but these datasets. */
const over = (names: string[]) => marts().filter(({ sources }) => sources.every((source) => names.includes(source)));

/** Lives through a history and returns how marts differ from their SELECTs, after the first step after which one does. */
async function differences(read: Mart[], history: Step[]): Promise<string[]> {
  const gold = await duckGold(read);
  const dropped = new Map<string, File[]>();
  const silver = new Map<string, SilverRow[]>();
  let seq = 0;
  try {
    for (const step of history) {
      for (const change of step) {
        seq += 1;
        const { dataset } = change;
        const before = dropped.get(dataset) ?? [];
        const after =
          'rows' in change ? [...before, { n: seq, rows: change.rows }] : before.filter((_, n) => n !== change.undo);
        if (after.length === before.length) continue;
        const old = silver.get(dataset) ?? [];
        const now = silverOf(datasets[dataset]!, after, seq, old);
        await gold.commit(dataset, now, seq, 'undo' in change);
        dropped.set(dataset, after);
        silver.set(dataset, now);
      }
      for (const dataset of new Set(step.map((change) => change.dataset))) await gold.refresh(dataset);
      const found: string[] = [];
      for (const mart of tables(read)) {
        const isBuilt = mart.sources.some((source) => dropped.has(source));
        if (isBuilt) found.push(...(await gold.differences(mart)));
      }
      if (found.length > 0) return found;
    }
    return [];
  } finally {
    gold.close();
  }
}

describe('every mart', () => {
  it.each([
    ['of events', ['events'], 8],
    ['of orders', ['orders', 'customers', 'products'], 8],
    ['of transactions', ['transactions', 'customers'], 8],
    ['of bookings', ['bookings', 'properties', 'hosts'], 12],
  ])(
    '%s equals its SELECT after each step of any history',
    async (_, names, numRuns) => {
      const read = over(names);
      expect(tables(read).length).toBeGreaterThan(0);

      const property = fc.asyncProperty(histories(names, 6), async (history) => {
        expect(await differences(read, history)).toEqual([]);
      });

      await fc.assert(property, { numRuns });
    },
    120_000,
  );

  it('is among those that have such histories', () => {
    const read = new Set(marts().flatMap(({ sources }) => sources.filter((source) => source in datasets)));

    expect([...read].filter((source) => !generated.includes(source))).toEqual(['online_retail']);
  });
});

it.each([
  ['fct_bookings', 'properties'],
  ['fct_property_day', 'bookings'],
  ['customer_spending', 'customers'],
])(
  'would notice a %s that is not told of %s',
  async (name, source) => {
    const deaf = marts()
      .filter((mart) => mart.name === name)
      .map((mart) => ({ ...mart, dirty: { ...mart.dirty, [source]: `${mart.dirty[source]!} where false` } }));

    let found: string[] = [];
    for (const history of fc.sample(histories(deaf[0]!.sources, 6), 300)) {
      if (found.length === 0) found = await differences(deaf, history);
    }

    expect(found).not.toEqual([]);
  },
  120_000,
);
