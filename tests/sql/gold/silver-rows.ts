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
 * What silver has of these files: of each identity the greatest version. Rows that are as they were keep the number of
 * the batch that brought them.
 */
export function silverOf(dataset: Dataset, files: File[], seq: number, before: SilverRow[]): SilverRow[] {
  const best = new Map<string, SilverRow>();
  for (const { n, rows } of files) {
    for (const values of rows) {
      const hash = createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 12);
      const own = { ...values, meta_row_hash: hash } as Row;
      const id = identity(dataset).map((name) => own[name]);
      const version = `${dataset.versionColumns.map((name) => values[name]).join(' ')} ${String(n).padStart(6, '0')} ${hash}`;
      const deleted = dataset.deletedColumn !== undefined && values[dataset.deletedColumn] === true;
      const row = { values, identity: id.join(), version, deleted, hash, file: n, seq };
      const known = best.get(row.identity);
      if (known === undefined || known.version < version) best.set(row.identity, row);
    }
  }
  const old = new Map(before.map((row) => [row.identity, row]));
  return [...best.values()].map((row) => {
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
