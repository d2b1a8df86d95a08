import { money } from './products.ts';
import type { Random } from './random.ts';
import type { Row } from './row.ts';

/** How people write what a contract then puts in order: none of it is wrong. */

/** The value, or now and then another way to write it. */
export const spelled = (value: string, random: Random, others: readonly string[]): string =>
  random.next() < 0.3 ? random.pick(others) : value;

export const COUNTRIES: Readonly<Record<string, readonly string[]>> = {
  AT: ['Austria', 'at'],
  DE: ['Germany', 'Deutschland', ' de '],
  ES: ['Spain', 'España'],
  FR: ['France', 'fr'],
  GB: ['United Kingdom', 'UK'],
  IT: ['Italia', 'it'],
  PT: ['Portugal', ' PT'],
  US: ['USA', 'United States'],
};

const SYMBOLS: Readonly<Record<string, string>> = { EUR: '€', GBP: '£', USD: '$' };

/** An amount and its currency in one of the ways in which money comes: each in its column, or both in one. */
export function paid(column: string, cents: number, currency: string, random: Random): Row {
  const amount = money(cents);
  const symbol = SYMBOLS[currency] ?? currency;
  const ways: Row[] = [
    { [column]: amount, currency },
    { [column]: amount, currency },
    { [column]: amount, currency: currency.toLowerCase() },
    { [column]: `${currency} ${amount}`, currency: '' },
    { [column]: `${amount}\u00a0${currency}`, currency },
    { [column]: `${symbol}${amount}`, currency: '' },
  ];
  return random.pick(ways);
}
