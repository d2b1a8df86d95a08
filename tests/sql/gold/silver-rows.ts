import { createHash } from 'node:crypto';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { identity, silverColumns } from '../../../core/merge/tables.ts';

export type Value = string | number | boolean | null;
/** Values of a contract's columns, as an accepted row has them. */
export type Row = Record<string, Value>;

/** A row as silver has it. */
export interface SilverRow {
  values: Row;
  identity: string;
  version: string;
  deleted: boolean;
  hash: string;
  file: number;
  seq: number;
}

/** The nth file of a dataset: its rows, as the validation leaves them. */
export interface File {
  n: number;
  rows: Row[];
}

/**
 * What silver has of these files: of each identity the greatest version, or of those known by their content the first one.
 * Rows that are as they were keep the number of the batch that brought them.
 */
export function silverOf(dataset: Dataset, files: File[], seq: number, before: SilverRow[]): SilverRow[] {
  const best = new Map<string, SilverRow>();
  for (const { n, rows } of files) {
    const occurrences = new Map<string, number>();
    for (const values of rows) {
      const hash = createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 12);
      const occurrence = (occurrences.get(hash) ?? 0) + 1;
      occurrences.set(hash, occurrence);
      const own = { ...values, meta_row_hash: hash, meta_row_id: `${hash}-${occurrence}` } as Row;
      const id = identity(dataset).map((name) => own[name]);
      const version = `${dataset.versionColumns.map((name) => values[name]).join(' ')} ${String(n).padStart(6, '0')} ${hash}`;
      const deleted = dataset.deletedColumn !== undefined && values[dataset.deletedColumn] === true;
      const row = { values, identity: id.join(), version, deleted, hash, file: n, seq };
      const known = best.get(row.identity);
      const isNewer = known === undefined || (dataset.key.length > 0 && known.version < version);
      if (isNewer) best.set(row.identity, row);
    }
  }
  return asTheyWere(before, [...best.values()]);
}

/** A table that is brought back to the rows that it once had, by a commit with this number. */
export const rolledBack = (rows: SilverRow[], seq: number, before: SilverRow[]): SilverRow[] =>
  asTheyWere(
    before,
    rows.map((row) => ({ ...row, seq })),
  );

function asTheyWere(before: SilverRow[], rows: SilverRow[]): SilverRow[] {
  const old = new Map(before.map((row) => [row.identity, row]));
  return rows.map((row) => {
    const known = old.get(row.identity);
    return known?.version === row.version ? known : row;
  });
}

const text = (value: Value) => (typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value));

/** A row of `insert into … values`. */
export function sqlRow(dataset: Dataset, row: SilverRow): string {
  const meta: Record<string, Value> = {
    meta_version: row.version,
    meta_deleted: row.deleted,
    meta_file_id: `file${row.file}`,
    meta_record: 1,
    meta_row_hash: row.hash,
    meta_row_id: row.identity,
    meta_batch_seq: row.seq,
  };
  return `(${silverColumns(dataset)
    .map(({ name }) => text(row.values[name] ?? meta[name] ?? null))
    .join(', ')})`;
}
