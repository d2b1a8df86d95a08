import type { Dataset } from '../../contract/dataset.ts';
import { rowRulesSql } from './expression.ts';
import { amountSteps, currencySql, namedSql, partsSql } from './money.ts';
import { isStandardised, standardisedSql, standardisedText, trimmedSql } from './standardise.ts';
import { list } from './text.ts';
import { valueSteps } from './values.ts';

/**
 * Adds to rows with the texts `r0`, `r1` … the standardised texts `t<i>` (only of columns that are standardised; others
 * are checked as they are), the typed values `v0`, `v1` … and `x<k>`, whether the row breaks the k-th row rule. Each
 * step is a projection of its own, since DuckDB evaluates an expression as often as it is written. What the steps build
 * on begins with an underscore, as no contract's name does.
 */
export function typedRowsSql(dataset: Dataset, texts: string): string {
  const none = (): string[] => [];
  const steps = {
    ...{ trimmed: none(), standardised: none() },
    ...{ parts: none(), named: none(), amounts: none() },
    ...{ first: none(), second: none(), values: none() },
  };
  for (const [index, column] of dataset.columns.entries()) {
    const text = standardisedText(column, index);
    if (isStandardised(column)) {
      const trim = trimmedSql(column, `r${index}`);
      if (trim !== `r${index}`) steps.trimmed.push(`${trim} AS _s${index}`);
      const own = column.filledBy ? `_own${index}` : text;
      steps.standardised.push(`${standardisedSql(column, trim === `r${index}` ? trim : `_s${index}`)} AS ${own}`);
      if (column.filledBy) steps.first.push(`${currencySql(dataset, column, own)} AS ${text}`);
    }
    const currency = column.money && dataset.columns.find(({ name }) => name === column.money?.currency);
    if (currency) {
      steps.parts.push(partsSql(column, index, text, currency));
      steps.named.push(namedSql(column, index, currency));
      steps.amounts.push(...amountSteps(index, currency));
    }
    const { before, value } = valueSteps(column, index, currency ? `_amount${index}` : text);
    for (const [place, step] of before.entries()) [steps.first, steps.second][place]!.push(step);
    steps.values.push(`${value} AS v${index}`);
  }
  const rows = Object.values(steps).reduce(
    (from, added) => (added.length > 0 ? `SELECT *, ${list(added)} FROM (${from})` : from),
    texts,
  );
  return rowRulesSql(dataset, rows);
}
