import type { Dirt } from './generator.ts';

/** A field that must not be empty and is; `named` as in the contract, if the file calls it otherwise. */
export const missing = (column: string, named = column): Dirt => ({
  reason: `${named}.required`,
  spoil: (row) => ({ ...row, [column]: '' }),
});

/** One of these texts in a field. */
export const instead = (column: string, rule: string, texts: readonly string[], named = column): Dirt => ({
  reason: `${named}.${rule}`,
  spoil: (row, random) => ({ ...row, [column]: random.pick(texts) }),
});

/** A text that is no amount, or none that the column takes, in a row that says its currency. */
export const badAmount = (column: string, rule: string, texts: readonly string[]): Dirt => ({
  reason: `${column}.${rule}`,
  spoil: (row, random) => ({ ...row, [column]: random.pick(texts), currency: 'EUR' }),
});

/** Another currency in the amount than in the row. */
export const twoCurrencies = (column: string): Dirt => ({
  reason: `${column}.currency`,
  spoil: (row, random) => ({ ...row, [column]: random.pick(['CHF 10.00', '10.00 CHF']), currency: 'EUR' }),
});

/** A plain amount with no currency anywhere. */
export const missingCurrency = (column: string): Dirt => ({
  reason: 'currency.required',
  spoil: (row) => ({ ...row, [column]: '10.00', currency: '' }),
});
