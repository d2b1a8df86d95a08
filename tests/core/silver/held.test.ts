import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Reference } from '../../../core/contract/dataset.ts';
import { currentRows, heldRows } from '../../../core/silver/relations.ts';
import { dataset, duckSilver } from './duck-silver.ts';

const to = (column: string, parent: string, parentColumn: string, onOrphan: Reference['onOrphan']): Reference => ({
  column,
  dataset: parent,
  parentColumn,
  onOrphan,
});
const hosts = dataset('hosts', { host_id: 'string', gone: 'boolean' }, { key: ['host_id'], deletedColumn: 'gone' });
const homes = dataset(
  'homes',
  { home_id: 'string', host_id: 'string' },
  { key: ['home_id'], references: [to('host_id', 'hosts', 'host_id', 'hold')] },
);
const stays = dataset(
  'stays',
  { stay_id: 'string', home_id: 'string', guest_id: 'string', nights: 'int' },
  {
    key: ['stay_id'],
    versionColumns: ['nights'],
    references: [to('home_id', 'homes', 'home_id', 'hold'), to('guest_id', 'hosts', 'host_id', 'hold')],
  },
);
const all = [hosts, homes, stays];

const id = (letter: string) => fc.constantFrom('1', '2', '3').map((n) => `${letter}-${n}`);
const optional = (letter: string) => fc.option(id(letter), { nil: null, freq: 4 });
const row = {
  hosts: fc.record({ host_id: id('H'), gone: fc.boolean() }),
  homes: fc.record({ home_id: id('M'), host_id: optional('H') }),
  stays: fc.record({
    stay_id: id('S'),
    home_id: optional('M'),
    guest_id: optional('H'),
    nights: fc.integer({ min: 1, max: 9 }),
  }),
};
const drop = fc.oneof(
  ...(['hosts', 'homes', 'stays'] as const).map((name) =>
    fc.record({
      name: fc.constant(name),
      row: row[name] as fc.Arbitrary<Record<string, string | number | boolean | null>>,
    }),
  ),
);

describe('rows that wait for their parent', () => {
  it('are seen as soon as all their parents have come, in whatever order, and are never lost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(drop, { minLength: 1, maxLength: 14 }).chain((drops) =>
          fc.tuple(
            fc.constant(drops),
            fc.shuffledSubarray(
              drops.map((_, n) => n),
              { minLength: drops.length },
            ),
          ),
        ),
        async ([drops, order]) => {
          const silver = await duckSilver(all);
          for (const n of order) {
            const { name, row } = drops[n]!;
            await silver.merge(name, [{ id: `file${n}`, stored: n, rows: [row] }]);
          }

          const seen = (await silver.rows(`select stay_id from ${currentRows(silver.reader, stays)} order by 1`)).map(
            ({ stay_id }) => stay_id,
          );
          const held = await silver.rows(`select stay_id, waits_for from ${heldRows(silver.reader, stays)} order by 1`);

          const latest = (name: string, key: string) => {
            const rows = drops.flatMap((one, n) => (one.name === name ? [{ ...one.row, n }] : [])) as Record<
              string,
              unknown
            >[];
            const ids = [...new Set(rows.map((one) => one[key]))].sort();
            return ids.map(
              (value) =>
                rows
                  .filter((one) => one[key] === value)
                  .sort((a, b) => Number(b.nights ?? 0) - Number(a.nights ?? 0) || Number(b.n) - Number(a.n))[0]!,
            );
          };
          const known = new Set(latest('hosts', 'host_id').map(({ host_id }) => host_id));
          const there = (host: unknown) => host === null || known.has(host);
          const admitted = new Set(
            latest('homes', 'home_id')
              .filter(({ host_id }) => there(host_id))
              .map(({ home_id }) => home_id),
          );
          const expected = latest('stays', 'stay_id').map(({ stay_id, home_id, guest_id }) => ({
            stay_id,
            waits: [
              ...(home_id === null || admitted.has(home_id) ? [] : [`home_id ${home_id} in homes`]),
              ...(there(guest_id) ? [] : [`guest_id ${guest_id} in hosts`]),
            ].join(', '),
          }));
          expect(seen).toEqual(expected.filter(({ waits }) => waits === '').map(({ stay_id }) => stay_id));
          expect(held).toEqual(
            expected.filter(({ waits }) => waits !== '').map(({ stay_id, waits }) => ({ stay_id, waits_for: waits })),
          );
        },
      ),
      { numRuns: 80 },
    );
  });
});
