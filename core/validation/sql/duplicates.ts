import type { Dataset } from '../../contract/dataset.ts';
import { reasonList, reasonSql } from './rows.ts';
import { identifier, list, readParquet } from './text.ts';

/** Columns of which a file may not hold a value in rows of different keys. */
export const uniqueColumns = (dataset: Dataset): string[] =>
  dataset.columns.filter(({ unique }) => unique).map(({ name }) => name);

/**
 * Records that share a value of one of the groups with another record, as far as hashes can tell: a superset of those
 * that have to be looked at together. `fingerprints` has the columns `record`, `h0`, `h1` ….
 */
export function sharingSql(fingerprints: string, groups: number): string {
  const shares = Array.from(
    { length: groups },
    (_, group) => `h${group} IN (SELECT h${group} FROM ${fingerprints} GROUP BY 1 HAVING count(*) > 1)`,
  );
  return `SELECT record FROM ${fingerprints} WHERE ${shares.join(' OR ')}`;
}

/**
 * The rows of `table` that share a value of a unique column with a row of another key: `record`, `line`, `reasons`.
 * `lines` has their lines and texts.
 */
export function notUniqueSql(dataset: Dataset, table: string, lines: string): string {
  const key = dataset.key.length > 0 ? `row(${list(dataset.key.map(identifier))})` : 'meta_record';
  const columns = uniqueColumns(dataset);
  const shared = columns.map((name, index) => {
    const others = `PARTITION BY ${identifier(name)}`;
    return `(${identifier(name)} IS NOT NULL AND min(${key}) OVER (${others}) <> max(${key}) OVER (${others})) AS _shared${index}`;
  });
  const reasons = columns.map((column, index) =>
    reasonSql({
      column,
      rule: 'unique',
      broken: `_shared${index}`,
      sentence: `${column} must be unique and is the same in another row`,
      text: `_text${index}`,
    }),
  );
  return `SELECT _record AS record, _line AS line, ${reasonList(reasons)} AS reasons
    FROM (SELECT *, ${list(shared)} FROM ${table} JOIN (${lines}) ON _record = meta_record) WHERE ${columns.map((_, index) => `_shared${index}`).join(' OR ')}`;
}

/**
 * The rows of `table` that another row of the same key beats: `record` and `fate`. The greatest version of a key wins; a
 * repeat of the same content is a duplicate, other content is superseded. Where the table keeps every version of a row,
 * only repeats lose.
 */
export function losersSql({ key, history }: Dataset, table: string): string {
  const columns = list(key.map(identifier));
  const newest =
    history === 'scd2'
      ? 'true'
      : `rank() OVER (PARTITION BY ${columns} ORDER BY meta_version DESC, meta_row_hash DESC) = 1`;
  return `WITH ranked AS (
      SELECT meta_record AS record,
        row_number() OVER (PARTITION BY ${columns}, meta_row_hash ORDER BY meta_record) AS copy,
        ${newest} AS newest
      FROM ${table})
    SELECT record, CASE WHEN copy > 1 THEN 'duplicate' ELSE 'superseded' END AS fate
    FROM ranked WHERE copy > 1 OR NOT newest`;
}

/** The repeats in a file without a key: `meta_record` and `_occurrence`, from 2 on. */
export function repeatsSql(parquet: string): string {
  const from = readParquet(parquet);
  return `SELECT meta_record, _occurrence FROM (
      SELECT meta_record, row_number() OVER (PARTITION BY meta_row_hash ORDER BY meta_record) AS _occurrence FROM ${from}
      WHERE meta_row_hash IN (SELECT meta_row_hash FROM ${from} GROUP BY 1 HAVING count(*) > 1))
    WHERE _occurrence > 1`;
}
