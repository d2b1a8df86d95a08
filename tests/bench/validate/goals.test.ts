import { describe, expect, it } from '@jest/globals';
import { type Figures, goals } from '../../../bench/validate/goals.ts';
import { parseRows, rowsText, table } from '../../../bench/validate/table.ts';

const figures: Figures = {
  cpu: (contender) =>
    ({ 'tributary, 1 thread': 5, 'csv-parse + zod, same work': 25, 'DuckDB bare, 1 thread': 2 })[contender],
  wall: (_contender, rows, format) => (rows === 10_000 ? 0.5 : format === 'csv.gz' ? 3.3 : 3),
  peakMb: (contender) => (contender === 'tributary, 1 thread' ? 250 : undefined),
  speed: () => 45,
};

describe('the goals', () => {
  it('are held against the figures, and those not measured are neither met nor missed', () => {
    const list = goals(figures, [10_000, 1_000_000]);

    expect(list.map(({ goal, measured, met }) => `${goal}: ${measured} ${met}`)).toEqual([
      '1M: times faster than csv-parse + zod doing the same ≥ 4 ×: 5.00 × true',
      '1M: the same, stretch ≥ 7 ×: 5.00 × false',
      '1M: times the CPU of DuckDB bare ≤ 2.2 ×: 2.50 × false',
      '1M: peak memory, 1 thread ≤ 300 MB: 250 MB true',
      '1M: peak memory, 2 threads ≤ 300 MB: not measured undefined',
      '10k: whole process, wall ≤ 0.4 s: 0.50 s false',
      '1M: JSON lines ≥ 30 MB/s: 45.00 MB/s true',
      '1M: JSON lines, stretch ≥ 60 MB/s: 45.00 MB/s false',
      '1M: gzip, times the wall time of plain ≤ 1.15 ×: 1.10 × true',
    ]);
  });

  it('are those of the sizes that were measured', () => {
    const list = goals(figures, [10_000_000]);

    expect(list.map(({ goal }) => goal)).toEqual([
      '10M: peak memory, 1 thread ≤ 800 MB',
      '10M: peak memory, 2 threads ≤ 800 MB',
    ]);
  });
});

describe('the numbers of rows', () => {
  it('are read and written as people do', () => {
    expect(['10k', '1M', '2.5M', '250000'].map(parseRows)).toEqual([10_000, 1_000_000, 2_500_000, 250_000]);
    expect([10_000, 1_000_000, 250].map(rowsText)).toEqual(['10k', '1M', '250']);
  });

  it.each(['', '0', 'many', '1.5', '-1k'])('are refused when they are none: "%s"', (text) => {
    expect(() => parseRows(text)).toThrow('not a number of rows');
  });
});

it('aligns columns of text to the left and figures to the right', () => {
  const text = table(
    ['name', 'CPU s'],
    [
      ['a', 1],
      ['longer', '12.50'],
      ['none', undefined],
    ],
  );

  expect(text).toBe('name    CPU s\n------  -----\na           1\nlonger  12.50\nnone');
});
