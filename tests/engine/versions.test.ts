import { expect, it } from '@jest/globals';
import { column, dataset, validate } from './validation.ts';

const prices = dataset({
  name: 'prices',
  columns: [
    column('id', { kind: 'string' }, { required: true }),
    column('price', { kind: 'int' }),
    column('since', { kind: 'date' }, { required: true }),
  ],
  key: ['id'],
  versionColumns: ['since'],
  history: 'scd2',
});

it('takes every version of a key in a file that keeps its history; only exact repeats are duplicates', async () => {
  const lines = ['A,1,2026-01-01', 'A,2,2026-02-01', 'A,1,2026-01-01', 'A,3,2026-02-01', 'B,1,2026-01-01'];

  const { counts, rows } = await validate(`id,price,since\n${lines.join('\n')}\n`, prices);

  expect(counts).toEqual({ in: 5, accepted: 4, rejected: 0, duplicate: 1, superseded: 0 });
  expect(rows.map(({ id, price }) => `${id}${price}`).sort()).toEqual(['A1', 'A2', 'A3', 'B1']);
});
