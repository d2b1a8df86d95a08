import type { Dataset } from '../core/contract/dataset.ts';
import { RowConservationError } from '../core/errors.ts';
import { notUniqueSql, uniqueColumns } from '../core/validation/sql/duplicates.ts';
import { brokenSql, linesSql, reasonList, type Staged } from '../core/validation/sql/rows.ts';
import { readParquet } from '../core/validation/sql/text.ts';
import { countRows, type DuckDb } from './duckdb.ts';
import type { Input } from './input.ts';

const NO_REJECTS = `SELECT 0::BIGINT AS record, 0::BIGINT AS line, ${reasonList([])} AS reasons WHERE false`;

/**
 * Makes the temp table `rejects` (record, line, reasons) of every damaged record and of those in `only` that break a rule;
 * and, if there is a query for it, `contested` of the others. Throws RowConservationError for one of these that was not
 * set `apart`: then the first pass should have accepted it.
 */
export async function explain(
  db: DuckDb,
  input: Input,
  only: Staged | undefined,
  contestedSql: string | undefined,
): Promise<void> {
  const broken = only === undefined ? [] : [brokenSql(input.dataset, only)];
  const queries = [...broken, ...(input.damagedSql === undefined ? [] : [input.damagedSql])];
  await db.run(`CREATE TEMP TABLE rejects AS ${queries.length > 0 ? queries.join(' UNION ALL ') : NO_REJECTS}`);
  if (contestedSql === undefined || only === undefined) return;
  await db.run(`CREATE TEMP TABLE contested AS ${contestedSql}`);
  const strangers = await countRows(db, '(FROM contested WHERE meta_record NOT IN (SELECT record FROM apart))');
  if (strangers > 0) throw new RowConservationError(`${strangers} rows were refused and break no rule`);
  if (uniqueColumns(input.dataset).length > 0) await rejectShared(db, input.dataset, only);
}

/** Moves rows that share a value of a unique column from `contested` to `rejects`. */
async function rejectShared(db: DuckDb, dataset: Dataset, only: Staged): Promise<void> {
  const lines = linesSql(dataset, only, uniqueColumns(dataset));
  await db.run(`CREATE TEMP TABLE shared AS ${notUniqueSql(dataset, 'contested', lines)}`);
  await db.run('INSERT INTO rejects SELECT record, line, reasons FROM shared');
  await db.run('DELETE FROM contested WHERE meta_record IN (SELECT record FROM shared)');
}

/** Records in rising order. */
export interface Pending {
  count: number;
  records: Iterable<number>;
}

/**
 * The sound records that the first pass did not accept, in rising order. Throws RowConservationError when a record was
 * accepted twice, or is damaged and accepted.
 */
export async function pendingRecords(db: DuckDb, input: Input, accepted: string): Promise<Pending> {
  let count = input.records;
  const settled = new Uint8Array(input.records + 1);
  const queries = [`SELECT meta_record AS record FROM ${readParquet(accepted)}`, input.damagedSql ?? []].flat();
  for (const query of queries) {
    for await (const records of db.numbers(`SELECT record::DOUBLE FROM (${query})`)) {
      for (const record of records) {
        if (settled[record] !== 0) throw new RowConservationError(`record ${record} is accounted for twice`);
        settled[record] = 1;
        count--;
      }
    }
  }
  const records = function* () {
    for (let record = 1; record <= input.records; record++) if (settled[record] === 0) yield record;
  };
  return { count, records: records() };
}
