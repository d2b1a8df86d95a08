import { describe, expect, it } from '@jest/globals';
import { difference, median } from '../../../bench/validate/found.ts';

const truth = { rows: 10, accepted: 7, rejected: 2, lost: 1, reasons: { 'quantity.type': 2, 'status.enum': 1 } };
const right = { accepted: 7, rejected: 2, lost: 1, reasons: { ...truth.reasons } };

describe('the check of a contender', () => {
  it('finds nothing wrong with the truth', () => {
    const found = difference(right, truth);

    expect(found).toBeUndefined();
  });

  it('counts beaten rows as accepted for a contender that does not look for duplicates', () => {
    const plain = { accepted: 8, rejected: 2, reasons: { ...truth.reasons } };

    expect(difference(plain, truth)).toBeUndefined();
    expect(difference({ ...plain, accepted: 7 }, truth)).toBe('accepted 7, not 8');
  });

  it.each([
    ['an admitted bad row', { accepted: 8, rejected: 1 }, 'accepted 8, not 7; rejected 1, not 2'],
    ['an overlooked duplicate', { lost: 0 }, 'lost 0, not 1'],
    ['a missing reason', { reasons: { 'quantity.type': 2 } }, 'status.enum 0, not 1'],
    ['a reason that was not planted', { reasons: { ...truth.reasons, 'order_ts.type': 1 } }, 'order_ts.type 1, not 0'],
  ])('names %s', (_what, over, expected) => {
    const found = difference({ ...right, ...over }, truth);

    expect(found).toBe(expected);
  });
});

it('takes the middle of several runs', () => {
  expect([median([3]), median([9, 1, 2]), median([1, 4])]).toEqual([3, 2, 2.5]);
});
