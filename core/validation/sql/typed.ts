import type { Dataset } from '../../contract/dataset.ts';
import { rowRulesSql } from './expression.ts';
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
  const steps: string[][] = [[], [], [], [], []];
  for (const [index, column] of dataset.columns.entries()) {
    const text = standardisedText(column, index);
    if (isStandardised(column)) {
      const trimmed = trimmedSql(column, `r${index}`);
      if (trimmed !== `r${index}`) steps[0]!.push(`${trimmed} AS _s${index}`);
      steps[1]!.push(`${standardisedSql(column, trimmed === `r${index}` ? trimmed : `_s${index}`)} AS ${text}`);
    }
    const { before, value } = valueSteps(column, index, text);
    for (const [place, step] of before.entries()) steps[2 + place]!.push(step);
    steps[4]!.push(`${value} AS v${index}`);
  }
  const rows = steps.reduce(
    (from, added) => (added.length > 0 ? `SELECT *, ${list(added)} FROM (${from})` : from),
    texts,
  );
  return rowRulesSql(dataset, rows);
}
