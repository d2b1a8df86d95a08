import type { Column, Dataset } from '../../contract/dataset.ts';
import { codesOf, SYMBOLS } from '../../contract/money.ts';
import { standardisedSql } from './standardise.ts';
import { list, literal } from './text.ts';

/**
 * Amounts that carry their currency: `EUR 120.50`, `120.50 EUR`, `€120.50`, `-€5`, `€-5`, and `(5.00 EUR)`, which is
 * negative as accountants write it. What is left is the amount's text `_amount<i>`, null if the text is none of these,
 * and the currency that it names, `_code<i>`, in the spelling of the currency's column.
 */

/** Spaces that may stand between an amount and its currency: those that do not break, too. */
const SPACES = '[ \u00a0\u202f]*';

const PARTS = ['opened', 'sign', 'before', 'inner_sign', 'digits', 'after', 'closed'] as const;

/** The text of an amount in its parts, as a struct `_money<i>`; parts that are not there are empty. */
export function partsSql(column: Column, index: number, text: string, currency: Column): string {
  const token = `(${[...symbolsOf(column).map(([symbol]) => quoted(symbol)), codePattern(currency)].join('|')})`;
  const digits = `([0-9](?:[0-9.,'\u2019_ \u00a0\u202f]*[0-9])?)`;
  const pattern = `^([(]?)([+-]?)(?:${token}${SPACES})?([+-]?)${digits}(?:${SPACES}${token})?([)]?)$`;
  return `regexp_extract(${text}, ${literal(pattern)}, [${list(PARTS.map(literal))}]) AS _money${index}`;
}

/** What the text calls the currency, as a code in capitals; empty if it names none. */
export function namedSql(column: Column, index: number, currency: Column): string {
  const token = `concat(_money${index}.before, _money${index}.after)`;
  const symbols = symbolsOf(column).map(([symbol, code]) => `WHEN ${literal(symbol)} THEN ${literal(code)}`);
  return `CASE ${token} ${symbols.join(' ')} ELSE ${folds(currency) ? `upper(${token})` : token} END AS _named${index}`;
}

/** The amount's text as a number is written, and the currency that it carries. */
export function amountSteps(index: number, currency: Column): string[] {
  const part = (name: (typeof PARTS)[number]) => `_money${index}.${name}`;
  const signs = `concat(${part('sign')}, ${part('inner_sign')})`;
  const sound = [
    `${part('digits')} <> ''`,
    `(${part('before')} = '' OR ${part('after')} = '')`,
    `length(${signs}) <= CASE ${part('opened')} WHEN '' THEN 1 ELSE 0 END`,
    `(${part('opened')} = '') = (${part('closed')} = '')`,
    `_named${index} IN (${list(['', ...codesOf(currency)].map(literal))})`,
  ].join(' AND ');
  const sign = `CASE ${part('opened')} WHEN '' THEN ${signs} ELSE '-' END`;
  const { standardise } = currency;
  const code = standardise?.case ? `${standardise.case}(_named${index})` : `_named${index}`;
  return [
    `CASE WHEN ${sound} THEN concat(${sign}, ${part('digits')}) END AS _amount${index}`,
    `CASE WHEN _named${index} <> '' AND ${sound} THEN ${standardisedSql(currency, code)} END AS _code${index}`,
  ];
}

/** The currency of a row: its own, else what its first amount carries one. */
export const currencySql = (dataset: Dataset, currency: Column, own: string): string =>
  `coalesce(${list([own, ...amountsOf(dataset, currency).map((index) => `_code${index}`)])})`;

/** The text in the file that a row's currency is from. */
export function currencyTextSql(dataset: Dataset, currency: Column, index: number): string {
  const amounts = amountsOf(dataset, currency).map((amount) => `WHEN _code${amount} IS NOT NULL THEN r${amount}`);
  return `CASE WHEN _own${index} IS NOT NULL THEN r${index} ${amounts.join(' ')} ELSE r${index} END`;
}

const amountsOf = (dataset: Dataset, { filledBy = [] }: Column): number[] =>
  filledBy.map((name) => dataset.columns.findIndex((column) => column.name === name));

/** Longer ones first, so that none ends before it is read whole. */
const symbolsOf = ({ money }: Column): [symbol: string, code: string][] =>
  Object.entries({ ...SYMBOLS, ...money?.symbols }).sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1));

const quoted = (symbol: string): string => symbol.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Where the currency's column does not care for case, codes do not either. */
const folds = ({ standardise }: Column): boolean => standardise?.case !== undefined;
const codePattern = (currency: Column): string => (folds(currency) ? '[A-Za-z]{3}' : '[A-Z]{3}');
