import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseContract } from '../../../core/contract/parse.ts';

const fixture = readFileSync(new URL('./fixtures/orders.odcs.yaml', import.meta.url), 'utf8');
const without = fixture.replace(/^slaProperties:\n( {2}- .*\n)+/m, '');
const withSla = (...properties: string[]) =>
  `${without}slaProperties:\n${properties.map((each) => `  - { ${each} }\n`).join('')}`;
const parse = (text: string) => parseContract(text, 'orders.odcs.yaml');

describe('how often a contract expects a file', () => {
  it('is not said where nothing is agreed, or something else', () => {
    const found = [without, withSla('property: retention, value: 3, unit: y')].map(parse);

    expect(found.map(({ freshnessSeconds }) => freshnessSeconds)).toEqual([undefined, undefined]);
  });

  it('is the frequency, and by how much a file may be late', () => {
    const text = withSla('property: frequency, value: 1, unit: d', 'property: latency, value: 90, unit: m');

    expect(parse(text).freshnessSeconds).toBe(86_400 + 90 * 60);
  });

  it.each([
    ['frequency, value: 0, unit: d', /frequency must be a number above 0/],
    ['frequency, value: often, unit: d', /frequency must be a number above 0/],
    ['latency, value: 4', /latency needs a unit of/],
    ['latency, value: 4, unit: moons', /latency needs a unit of/],
  ])('is refused when it can not be understood: %s', (property, reason) => {
    expect(() => parse(withSla(`property: ${property}`))).toThrow(reason);
  });
});
