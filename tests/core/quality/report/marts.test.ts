import { expect, it } from '@jest/globals';
import type { Mart } from '../../../../core/gold/mart.ts';
import { martsOf } from '../../../../core/quality/report/marts.ts';

const mart = (name: string, sources: string[], layer: Mart['layer'] = 'gold'): Mart =>
  ({
    name,
    sources,
    layer,
    parents: [],
    companions: [],
    refresh: { kind: 'view' },
    key: [],
    dirty: {},
    select: '',
    definition: '',
  }) as Mart;

it('names the marts that read a dataset, those that read these, and no view of silver', () => {
  const marts = [
    mart('segments', ['spending']),
    mart('spending', ['orders', 'customers']),
    mart('plans', ['events']),
    mart('orders_current', ['orders'], 'silver'),
  ];

  expect(martsOf(marts, 'orders')).toEqual(['segments', 'spending']);
  expect(martsOf(marts, 'events')).toEqual(['plans']);
  expect(martsOf(marts, 'properties')).toEqual([]);
});
