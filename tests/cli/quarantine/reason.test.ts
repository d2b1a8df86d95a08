import { describe, expect, it } from '@jest/globals';
import { reasonText } from '../../../cli/quarantine/reason.ts';

describe('a reason in words', () => {
  it.each([
    [{ column: 'amount', rule: 'type', value: '12,5', message: 'not a decimal' }, 'amount: not a decimal ("12,5")'],
    [
      { column: 'amount', rule: 'type', value: '12,5', message: '"12,5" is not a decimal' },
      'amount: "12,5" is not a decimal',
    ],
    [{ column: 'id', rule: 'required', value: null, message: 'id is required' }, 'id is required'],
    [{ column: null, rule: 'structure', value: null, message: '3 fields instead of 5' }, '3 fields instead of 5'],
    [{ column: 'id', rule: 'required', value: null, message: null }, 'id: required'],
    [{ column: null, rule: null, value: null, message: null }, 'rejected'],
    [{ column: 'id', rule: 'required', value: '', message: 'missing' }, 'id: missing'],
  ])('reads %j', (reason, expected) => {
    expect(reasonText(reason)).toBe(expected);
  });
});
