import { FileRejectedError } from '../errors.ts';
import type { RowCounts } from '../ledger/items.ts';
import type { Format } from './recognise.ts';

export interface ColumnProfile {
  nulls: number;
  /** Approximate number of different values. */
  distinct: number;
  /** Null when every value is, or when the column is personal data. */
  min: string | null;
  max: string | null;
}

/** Small enough to lie beside the staging file as JSON. */
export interface Profile {
  dataset: string;
  contract_version: string;
  file_id: string;
  stage_id: string;
  format: Format;
  counts: RowCounts;
  rejected_percent: number;
  reasons: Record<string, number>;
  /** Of the accepted rows. */
  columns: Record<string, ColumnProfile>;
  partitions: { partition: string; rows: number }[];
  source_bytes: number;
  milliseconds: Record<string, number>;
}

export interface ValidationResult {
  counts: RowCounts;
  /** Share of rejected rows, 0–100. */
  rejectedPercent: number;
  /** How often each reason was given, as `column.rule`, or `rule` for damaged records. A row may have several. */
  reasons: Record<string, number>;
  /** Sorted values of the partition column after its transform: `2025-01-31`, `2025-01`, `2025`, or the text itself. */
  partitions: string[];
  /** Size of `accepted.parquet`. */
  bytes: number;
  /** Size of the file after decompression. */
  sourceBytes: number;
  profile: Profile;
  acceptedPath: string;
  /** Undefined when no row was rejected. */
  rejectedPath?: string;
  profilePath: string;
}

/** More rows were rejected than the contract allows; `result` tells what was written, so that it can be quarantined. */
export class TooManyRejectsError extends FileRejectedError {
  readonly result: ValidationResult;

  constructor(result: ValidationResult, maxPercent: number) {
    const { counts, rejectedPercent, reasons } = result;
    const most = Object.entries(reasons).sort((a, b) => b[1] - a[1]);
    const named = most.slice(0, 5).map(([reason, count]) => `${reason} ${count}`);
    const more = most.length > 5 ? `, and ${most.length - 5} more` : '';
    super(
      `${counts.rejected} of ${counts.in} rows (${percent(rejectedPercent)}) were rejected and the contract allows ${percent(maxPercent)}: ${named.join(', ')}${more}. No row was taken; every rejected one is in quarantine with its reasons. Correct the file and drop it again.`,
    );
    this.result = result;
  }
}

const percent = (value: number): string => `${Math.round(value * 100) / 100} %`;
