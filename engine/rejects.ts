import type { Dataset } from '../core/contract/dataset.ts';
import { notUniqueSql, uniqueColumns } from '../core/validation/sql/duplicates.ts';
import { brokenSql, linesSql, type Staged } from '../core/validation/sql/rows.ts';
import type { DuckDb } from './duckdb.ts';
import type { Input } from './input.ts';

/**
 * Makes the temp table `rejects` (record, line, reasons) of every damaged record and of those in `only` that break a rule;
 * and, if there is a query for it, `contested` of the others.
 */
export async function explain(db: DuckDb, input: Input, only: Staged, contestedSql: string | undefined): Promise<void> {
  const damaged = input.damagedSql === undefined ? '' : ` UNION ALL ${input.damagedSql}`;
  await db.run(`CREATE TEMP TABLE rejects AS ${brokenSql(input.dataset, only)}${damaged}`);
  if (contestedSql === undefined) return;
  await db.run(`CREATE TEMP TABLE contested AS ${contestedSql}`);
  if (uniqueColumns(input.dataset).length > 0) await rejectShared(db, input.dataset, only);
}

/** Moves rows that share a value of a unique column from `contested` to `rejects`. */
async function rejectShared(db: DuckDb, dataset: Dataset, only: Staged): Promise<void> {
  const lines = linesSql(dataset, only, uniqueColumns(dataset));
  await db.run(`CREATE TEMP TABLE shared AS ${notUniqueSql(dataset, 'contested', lines)}`);
  await db.run('INSERT INTO rejects SELECT record, line, reasons FROM shared');
  await db.run('DELETE FROM contested WHERE meta_record IN (SELECT record FROM shared)');
}
