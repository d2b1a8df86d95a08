import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../core/contract/dataset.ts';
import { losersSql, repeatsSql, sharingSql, uniqueColumns } from '../core/validation/sql/duplicates.ts';
import { fingerprintsSql, stagedColumns } from '../core/validation/sql/rows.ts';
import { identifier, literal, readParquet } from '../core/validation/sql/text.ts';
import { countRows, type DuckDb, PARQUET } from './duckdb.ts';
import type { Input } from './input.ts';

/**
 * Makes the temp table `apart` of the records that may share their key, or a unique value, with another one: they are few
 * as a rule, and only they have to be compared. Returns its name, or undefined when there are none.
 */
export async function setApart(db: DuckDb, { dataset, staged }: Input): Promise<string | undefined> {
  const groups = [...(dataset.key.length > 0 ? [dataset.key] : []), ...uniqueColumns(dataset).map((name) => [name])];
  if (groups.length === 0) return undefined;
  await db.run(`CREATE TEMP TABLE fingerprints AS ${fingerprintsSql(dataset, staged, groups)}`);
  await db.run(`CREATE TEMP TABLE apart AS ${sharingSql('fingerprints', groups.length)}`);
  await db.run('DROP TABLE fingerprints');
  return (await countRows(db, 'apart')) > 0 ? 'apart' : undefined;
}

export interface Fates {
  duplicate: number;
  superseded: number;
  /** Rows that were compared with others and accepted are in a file of their own. */
  contested: boolean;
}

/** Settles what repeats: of each key the newest row is kept; without a key repeats are numbered. */
export async function settle(db: DuckDb, dataset: Dataset, apart: boolean, workDir: string): Promise<Fates> {
  const at = (name: string) => join(workDir, name);
  const fates: Fates = { duplicate: 0, superseded: 0, contested: false };
  if (dataset.key.length === 0) await numberRepeats(db, dataset, at('accepted.parquet'), at('rows.parquet'));
  if (!apart) return fates;
  let winners = 'contested';
  if (dataset.key.length > 0) {
    await db.run(`CREATE TEMP TABLE losers AS ${losersSql(dataset, 'contested')}`);
    const counted = await db.rows<{ fate: string; n: number }>(
      'SELECT fate, count(*)::DOUBLE AS n FROM losers GROUP BY 1',
    );
    for (const { fate, n } of counted) fates[fate as 'duplicate'] = n;
    winners = '(SELECT * FROM contested ANTI JOIN losers ON losers.record = contested.meta_record)';
  }
  fates.contested = (await countRows(db, winners)) > 0;
  if (fates.contested) {
    await db.run(
      `COPY (SELECT * FROM ${winners} ORDER BY meta_record) TO ${literal(at('accepted-1.parquet'))} ${PARQUET}`,
    );
    if (dataset.key.length === 0) await numberRepeats(db, dataset, at('accepted-1.parquet'), at('rows.parquet'));
  }
  return fates;
}

/** Gives rows of the same content their occurrence, if there are any. */
async function numberRepeats(db: DuckDb, dataset: Dataset, parquet: string, scratch: string): Promise<void> {
  await db.run(`CREATE OR REPLACE TEMP TABLE repeats AS ${repeatsSql(parquet)}`);
  if ((await countRows(db, 'repeats')) === 0) return;
  const columns = stagedColumns(dataset).map((name) =>
    name === 'meta_occurrence' ? 'coalesce(_occurrence, 1) AS meta_occurrence' : `staged.${identifier(name)}`,
  );
  await db.run(
    `COPY (SELECT ${columns.join(', ')} FROM ${readParquet(parquet)} AS staged LEFT JOIN repeats USING (meta_record))
     TO ${literal(scratch)} ${PARQUET}`,
  );
  await rename(scratch, parquet);
}
