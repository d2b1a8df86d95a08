import type { Dataset } from '../core/contract/dataset.ts';
import { RowConservationError } from '../core/errors.ts';
import { notUniqueSql, uniqueColumns } from '../core/validation/sql/duplicates.ts';
import { brokenSql, linesSql, type Staged } from '../core/validation/sql/rows.ts';
import type { DuckDb } from './duckdb.ts';
import type { Input } from './input.ts';

/**
 * Makes the temp table `rejects` (record, line, reasons) of every damaged record and of those in `pending` that break a
 * rule; and `contested`, if there is a table `apart`, of the others. Throws RowConservationError when a row that the
 * first pass refused breaks no rule.
 */
export async function explain(db: DuckDb, input: Input, only: Staged, contestedSql: string | undefined): Promise<void> {
  const { dataset } = input;
  const damaged = input.damagedSql === undefined ? '' : ` UNION ALL ${input.damagedSql}`;
  await db.run(`CREATE TEMP TABLE rejects AS ${brokenSql(dataset, only)}${damaged}`);
  if (contestedSql !== undefined) await db.run(`CREATE TEMP TABLE contested AS ${contestedSql}`);
  const rest = contestedSql === undefined ? '' : 'ANTI JOIN contested ON contested.meta_record = pending.record';
  const [unexplained] = await db.rows<{ n: number }>(
    `SELECT count(*)::DOUBLE AS n FROM pending ANTI JOIN rejects USING (record) ${rest}`,
  );
  if (unexplained!.n > 0) {
    throw new RowConservationError(`${unexplained!.n} rows were refused by the first pass and break no rule`);
  }
  if (contestedSql !== undefined && uniqueColumns(dataset).length > 0) await rejectShared(db, dataset, only);
}

/** Moves rows that share a value of a unique column from `contested` to `rejects`. */
async function rejectShared(db: DuckDb, dataset: Dataset, only: Staged): Promise<void> {
  await db.run(`CREATE TEMP TABLE shared AS ${notUniqueSql(dataset, 'contested')}`);
  await db.run(
    `INSERT INTO rejects SELECT record, line, reasons FROM shared JOIN (${linesSql(dataset, only)}) USING (record)`,
  );
  await db.run('DELETE FROM contested WHERE meta_record IN (SELECT record FROM shared)');
}
