import { describe, expect, it } from '@jest/globals';
import type { Dataset, Reference } from '../../../core/contract/dataset.ts';
import { checkReferences, waitsFor } from '../../../core/contract/references.ts';
import { dataset } from '../silver/duck-silver.ts';

const reference = (column: string, parent: string, onOrphan: Reference['onOrphan'] = 'flag'): Reference => ({
  column,
  dataset: parent,
  parentColumn: `${parent.slice(0, -1)}_id`,
  onOrphan,
});
const hosts = dataset('hosts', { host_id: 'string' }, { key: ['host_id'] });
const homes = (references: Reference[]) =>
  dataset('homes', { home_id: 'string', host_id: 'string', rooms: 'int' }, { key: ['home_id'], references });
const byName = (...datasets: Dataset[]) => Object.fromEntries(datasets.map((one) => [one.name, one]));

describe('checkReferences', () => {
  it('accepts a reference to the one key column of a dataset, also of the dataset itself', () => {
    const of = byName(hosts, homes([reference('host_id', 'hosts', 'hold'), reference('home_id', 'homes')]));

    expect(() => checkReferences(of)).not.toThrow();
  });

  it.each([
    ['an unknown dataset', [reference('host_id', 'guests')], 'refers to guests, which has no contract'],
    [
      'a column that is not the key',
      [{ ...reference('host_id', 'hosts'), parentColumn: 'city' }],
      'refers to hosts.city, but the key of hosts is host_id',
    ],
    [
      'a key of another type',
      [reference('rooms', 'hosts')],
      'is of type int, but hosts.host_id, to which it refers, is of type string',
    ],
    ['rows that wait for themselves', [reference('home_id', 'homes', 'hold')], 'whose rows wait for homes in turn'],
  ])('names contract and column of a reference to %s', (_, references, reason) => {
    const check = () => checkReferences(byName(hosts, homes(references)));

    expect(check).toThrow('schemas/homes.odcs.yaml: column ');
    expect(check).toThrow(reason);
  });
});

describe('rows that wait', () => {
  const held = [reference('host_id', 'hosts', 'hold')];

  it.each([
    [
      'of a dataset that keeps every version',
      { ...homes(held), history: 'scd2' as const },
      'cannot wait for different parents',
    ],
    [
      'beside a column of the name that says what for',
      dataset(
        'homes',
        { home_id: 'string', host_id: 'string', waits_for: 'string' },
        { key: ['home_id'], references: held },
      ),
      'give that column another name',
    ],
  ])('are refused %s', (_, of, reason) => {
    expect(() => checkReferences(byName(hosts, of))).toThrow(reason);
  });
});

describe('waitsFor', () => {
  it('names what rows wait for over several datasets, each once', () => {
    const stays = dataset(
      'stays',
      { stay_id: 'string', home_id: 'string', host_id: 'string' },
      {
        key: ['stay_id'],
        references: [reference('home_id', 'homes', 'hold'), reference('host_id', 'hosts', 'hold')],
      },
    );

    expect(waitsFor(byName(hosts, homes([reference('host_id', 'hosts', 'hold')]), stays), 'stays')).toEqual([
      'stays',
      'homes',
      'hosts',
    ]);
  });
});
