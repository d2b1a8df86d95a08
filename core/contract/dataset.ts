/** A contract (`schemas/<dataset>.odcs.yaml`) compiled to what the pipeline works with. Plain data. */

export type ColumnType =
  | { kind: 'string' }
  | { kind: 'int' }
  | { kind: 'bigint' }
  | { kind: 'decimal'; precision: number; scale: number }
  | { kind: 'double' }
  | { kind: 'boolean' }
  | { kind: 'date' }
  | { kind: 'timestamp' };

export interface Column {
  /** lower_snake name in every table. */
  name: string;
  /** Further header names (CSV) or keys (JSON) that mean this column; compared without regard to case. */
  aliases: string[];
  type: ColumnType;
  required: boolean;
  /** Full-match regular expression (RE2) on the standardised text. */
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  /** Inclusive bounds, as text that casts to the column's type. */
  minimum?: string;
  maximum?: string;
  enum?: string[];
  pii: boolean;
}

export interface Dataset {
  name: string;
  version: string;
  description: string;
  /** Who is told about quarantined rows. */
  owner: string;
  columns: Column[];
  /** Key columns. Empty: rows are identified by content and occurrence within the file. */
  key: string[];
  /** Columns that order the versions of one row, most significant first (timestamp, date, integer or decimal). */
  versionColumns: string[];
  /** `latest` keeps one row a key, `append` only ever inserts. */
  history: 'latest' | 'append';
  /** What happens to columns the contract does not know: fail the file, or keep them in `meta_rescued`. */
  drift: 'reject' | 'rescue';
  /** Boolean column that marks a deleted row, if the contract names one. */
  deletedColumn?: string;
  partition?: { column: string; transform: 'day' | 'month' | 'year' | 'identity' };
  /** A file with a greater share of rejected rows is refused whole, 0–100. */
  maxRejectPercent: number;
  /** Share of rejected rows in one run above which the alarm rings, 0–100. */
  alarmRejectPercent: number;
}
