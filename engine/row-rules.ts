import type { Dataset } from '../core/contract/dataset.ts';
import { ContractError } from '../core/errors.ts';
import { probeSql, ROW_RULE_OPTIMIZERS } from '../core/validation/sql/expression.ts';
import { literal } from '../core/validation/sql/text.ts';
import type { DuckDb } from './duckdb.ts';

/**
 * Makes DuckDB ready to check rows. Throws ContractError if a row rule can not be evaluated on the dataset's columns or
 * is no condition, or if a pattern or a time zone is none that it knows, before a row is read.
 */
export async function prepareRules(db: DuckDb, dataset: Dataset): Promise<void> {
  for (const rule of dataset.rowRules) {
    const wrong = (reason: string) =>
      new ContractError(`${dataset.name}: the rule ${rule.name} can not be evaluated: ${reason} (${rule.expression})`);
    const [condition] = await db.rows<{ column_type: string }>(probeSql(dataset, rule)).catch((error: unknown) => {
      throw wrong((error as Error).message.split('\n')[0]!);
    });
    const type = condition?.column_type;
    if (type !== 'BOOLEAN') throw wrong(`it is ${type} and not true or false`);
  }
  for (const { name, pattern } of dataset.columns) {
    if (pattern === undefined) continue;
    await db.rows(`SELECT regexp_full_match('', ${literal(pattern)})`).catch((cause: unknown) => {
      const reason = (cause as Error).message.split('\n')[0];
      throw new ContractError(
        `${dataset.name}: the engine can not match the pattern of ${name}: ${reason} (${pattern})`,
        {
          cause,
        },
      );
    });
  }
  for (const { name, timeZone } of dataset.columns) {
    if (timeZone === undefined) continue;
    await db.rows(`SELECT timezone(${literal(timeZone)}, TIMESTAMP '2000-01-01')`).catch((cause: unknown) => {
      throw new ContractError(`${dataset.name}: the engine does not know the time zone ${timeZone} of ${name}`, {
        cause,
      });
    });
  }
  // Pushing the filter down would copy every rule below the projection and evaluate it twice.
  const disabled = ['filter_pushdown', ...(dataset.rowRules.length > 0 ? ROW_RULE_OPTIMIZERS : [])];
  await db.run(`SET disabled_optimizers = ${literal(disabled.join(','))}`);
}
