import { describe, expect, it } from '@jest/globals';
import { formatPercent } from '../../core/figures.ts';

describe('formatPercent', () => {
  it.each([
    [0, '0 %'],
    [100, '100 %'],
    [1 / 3, '0.33 %'],
    [99.5, '99.5 %'],
    [0.001, '0.001 %'],
    [(100 * 999_999) / 1_000_000, '99.9999 %'],
    [(100 * 999_999_999) / 1_000_000_000, '99.9999999 %'],
  ])('never says that %d is none or all if it is not', (value, expected) => {
    expect(formatPercent(value)).toBe(expected);
  });
});
