import { identifier, list, literal } from './text.ts';

/**
 * The rows of a keyed file that another row of it beats: `meta_record` and `fate`. The greatest version of a key wins;
 * a repeat of the same content is a duplicate, other content is superseded. Candidates come from a hash of the key,
 * so that the exact ranking is done among few rows.
 */
export function losersSql(key: string[], parquet: string): string {
  const columns = list(key.map(identifier));
  const from = `read_parquet(${literal(parquet)})`;
  return `WITH ranked AS (
      SELECT meta_record,
        row_number() OVER (PARTITION BY ${columns}, meta_row_hash ORDER BY meta_record) AS copy,
        meta_version = max(meta_version) OVER (PARTITION BY ${columns}) AS newest
      FROM ${from}
      WHERE hash(${columns}) IN (SELECT hash(${columns}) FROM ${from} GROUP BY 1 HAVING count(*) > 1))
    SELECT meta_record, CASE WHEN copy > 1 THEN 'duplicate' ELSE 'superseded' END AS fate
    FROM ranked WHERE copy > 1 OR NOT newest`;
}

/** The repeats in a file without a key: `meta_record` and `occurrence`, from 2 on. */
export function repeatsSql(parquet: string): string {
  const from = `read_parquet(${literal(parquet)})`;
  return `SELECT meta_record, occurrence FROM (
      SELECT meta_record, row_number() OVER (PARTITION BY meta_row_hash ORDER BY meta_record) AS occurrence FROM ${from}
      WHERE meta_row_hash IN (SELECT meta_row_hash FROM ${from} GROUP BY 1 HAVING count(*) > 1))
    WHERE occurrence > 1`;
}
