import { describe, expect, it } from '@jest/globals';
import { patternProblem } from '../../../core/contract/pattern.ts';
import { query } from '../../engine/validation.ts';

const SOUND = [
  '^O-[0-9]{4,12}$',
  '^[^@\\s]+@[^@\\s]+[.][^@\\s]+$',
  '(?:a|b)+',
  '\\d{1,1000}',
  '^\\p{Lu}\\P{L}*$',
  '\\x41\\/\\(\\?=\\)',
  '[a\\-z]\\b',
];

describe('patternProblem', () => {
  it.each(SOUND)('lets %s pass, which the engine compiles', async (pattern) => {
    expect(patternProblem(pattern)).toBeUndefined();
    expect(await query(`SELECT regexp_full_match('x', '${pattern}') AS m`)).toHaveLength(1);
  });

  it.each([
    '(?=a)',
    '(?!a)',
    '(?<=a)b',
    '(?<!a)b',
    '(?<name>a)',
    '(a)\\1',
    '\\u0041',
    '\\cA',
    '[]',
    '[^]',
    'a{1001}',
    '(',
    'a**',
    '\\p{Script=Greek}',
  ])('refuses %s', (pattern) => {
    expect(patternProblem(pattern)).toMatch(/^the pattern /);
  });
});
