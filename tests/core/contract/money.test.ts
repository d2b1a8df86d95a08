import { describe, expect, it } from '@jest/globals';
import { parse, problemsAt } from './contract.ts';

const AMOUNT = 'logicalType: number, physicalType: "decimal(12,2)"';
const CURRENCY = 'name: currency, logicalType: string, physicalType: string';
const money = (value: string) => `${AMOUNT}, customProperties: [{ property: money, value: ${value} }]`;

describe('money', () => {
  it('names the column of the currency, which then knows the amounts that fill it', () => {
    const { columns } = parse({ column: money('{ currency: currency, symbols: { "$": USD } }'), other: CURRENCY });

    expect(columns[1]!.money).toEqual({ currency: 'currency', symbols: { $: 'USD' } });
    expect(columns[2]).toMatchObject({ name: 'currency', filledBy: ['x'] });
  });

  it('may lead to a code that the enumeration has and ISO 4217 has not', () => {
    const other = `${CURRENCY}, enum: [{ value: DEM }]`;

    expect(parse({ column: money('{ currency: currency, symbols: { Mk: DEM } }'), other }).columns[1]!.money).toEqual({
      currency: 'currency',
      symbols: { Mk: 'DEM' },
    });
  });

  it.each([
    ['{ §currency: coin }', CURRENCY, 'x: the currency coin is not a column of the contract'],
    [
      '{ §currency: currency }',
      'name: currency, logicalType: integer, physicalType: int',
      'x: the currency currency must be a string, not a int',
    ],
    ['{ §currency: currency }', `${CURRENCY}, unique: true`, 'x: the currency currency can not be unique'],
    ['{ §currency: x }', CURRENCY, 'x: the currency x must be a string, not a decimal'],
    ['{ currency: currency, §symbol: "$" }', CURRENCY, 'unknown field "symbol"'],
    ['{ currency: currency, §symbols: {} }', CURRENCY, 'symbols: lists no symbol'],
    ['{ currency: currency, symbols: { §€: EUR } }', CURRENCY, 'x: "€" always means EUR: leave it out'],
    [
      '{ currency: currency, symbols: { §Lei: RON } }',
      CURRENCY,
      'x: "Lei" reads like the code of a currency; symbols are for other spellings',
    ],
    [
      '{ currency: currency, symbols: { §"-$": USD } }',
      CURRENCY,
      'x: "-$" can not be told from the amount: a symbol has no space, digit, sign or parenthesis in it and begins with no separator of numbers',
    ],
    [
      '{ currency: currency, symbols: { §$: dollar } }',
      CURRENCY,
      'x: "$" means "dollar", which is no currency of ISO 4217, like EUR',
    ],
    [
      '{ currency: currency, symbols: { §$: USD } }',
      `${CURRENCY}, enum: [{ value: EUR }]`,
      'x: "$" means "USD", which is not in the enum of currency',
    ],
  ])('of %s is refused', (value, other, problem) => {
    expect(problemsAt({ column: money(value), other })).toEqual([problem]);
  });

  it('is of decimals, and its rule can not only warn', () => {
    const text = 'logicalType: string, physicalType: string';

    expect(
      problemsAt({
        column: `${text}, customProperties: [{ property: money, §value: { currency: currency } }]`,
        other: CURRENCY,
      }),
    ).toEqual(['x: money is of decimals; the column is a string']);
    expect(
      problemsAt({
        column: `${AMOUNT}, customProperties: [{ property: money, value: { currency: currency } }, { property: warnOnly, value: [§currency] }]`,
        other: CURRENCY,
      }),
    ).toEqual(['x: an amount in doubt can not be stored: the rule currency can not only warn']);
  });
});
