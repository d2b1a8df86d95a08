import type { Severity } from '../contract/dataset.ts';
import type { Orphans, Time } from '../ledger/items.ts';
import type { Example } from '../validation/result.ts';

/**
 * What the pipeline knows of the quality of one file, as it lies in the lake and as a row of `ops.files`: one line of
 * JSON at `recordKey`. Only what was measured; what was not is null. A field that is added keeps the version, another
 * meaning of a field raises it.
 */
export interface FileRecord {
  record_version: 1;
  dataset: string;
  file_id: string;
  outcome: 'done' | 'rejected';
  /** Why it was refused, as `Name: message`. */
  error: string | null;

  /** Where it came from: exactly one version of one object. */
  bucket: string;
  key: string;
  version_id: string;
  etag: string;
  /** Bytes of the object, as it is stored. */
  size: number;
  last_modified: Time;
  /** Its copy in the lake, in the lake's own bucket. */
  bronze_key: string | null;
  /** ARN of the run that last claimed the file. */
  run: string;
  /** The validation that the figures are of: `<file_id>-<attempt>`. */
  stage_id: string;
  attempt: number;
  contract_version: string;
  format: string | null;
  compression: string | null;
  /** Of text files: how they are encoded; of CSV also what is between fields. */
  encoding?: string;
  delimiter?: string;
  /** Bytes after decompression. */
  source_bytes: number | null;

  /** rows_in = rows_accepted + rows_rejected + rows_duplicate + rows_superseded; all null when it could not be read. */
  rows_in: number | null;
  rows_accepted: number | null;
  rows_rejected: number | null;
  rows_duplicate: number | null;
  rows_superseded: number | null;
  /** Share of rejected rows, 0–100. */
  rejected_percent: number | null;
  /** Every rule of the contract, the ones that nobody broke as well; then what else records were refused for. */
  rules: RuleResult[];
  gates: GateRecord[];
  /** Columns of the file that the contract does not know; at most 300. */
  unknown_columns: string[];
  /** Of the accepted rows. */
  columns: ColumnRecord[];
  /** What the file had unlike the files of its dataset before it. */
  anomalies: Anomaly[];
  /** Rows whose parent was not there when they were merged; it may have come since. Null: they were not counted. */
  orphans: Orphans[] | null;

  /** The commit that brought its rows to silver; null for a file that was refused. */
  batch_seq: number | null;
  /** Iceberg snapshot, decimal text. */
  snapshot_id: string | null;
  /** When the pipeline first heard of it. */
  received_at: Time;
  /** When its run claimed it. */
  started_at: Time | null;
  merged_at: Time | null;
  /** When its rows were in gold, or when it was refused. */
  finished_at: Time;
  /** From the run's start to `finished_at`. */
  run_seconds: number | null;
  /** From `last_modified` to `finished_at`; null for a file that was refused, or had been out of the lake in between. */
  drop_to_gold_seconds: number | null;
}

export interface RuleResult {
  /** As reasons name it: `column.rule`, or `rule` alone when it is about the row as a whole. */
  name: string;
  column_name: string | null;
  rule: string;
  severity: Severity;
  /** contract: it is a rule of the contract; record: the record itself is damaged or has a column it may not have. */
  origin: 'contract' | 'record';
  /** A sentence, of rules of the contract. */
  description: string | null;
  rows_broken: number;
  /** Of which rows that is: of all for errors, of the accepted for warnings. */
  rows_checked: number;
  /** Null when there was no row to check. */
  pass_percent: number | null;
  /** Values that were refused, the most frequent first; never of personal data. Left out when there are none. */
  examples?: Example[];
}

export interface GateRecord {
  name: string;
  severity: Severity;
  /** The bound, in words; null if the contract has the gate no more. */
  description: string | null;
  measured: number;
  unit: 'rows' | 'percent';
  passed: boolean;
}

export interface ColumnRecord {
  name: string;
  pii: boolean;
  nulls: number;
  /** Approximate number of different values. */
  distinct_values: number;
  /** Always null of personal data. */
  min: string | null;
  max: string | null;
  /** Most frequent values of an enumeration or boolean; never of personal data. */
  top: { value: string; rows: number }[];
}

export type Measure = 'size' | 'rows' | 'rejected_percent';

/** A figure that leaves the band which the files of its dataset before it span. */
export interface Anomaly {
  measure: Measure;
  value: number;
  /** The band, both ends included; a share of rejected rows is never too low. */
  low: number | null;
  high: number;
  median: number;
  /** Number of files that the band was learned from. */
  files: number;
}

/** The folder of a day is of the object's LastModified, which repeats keep: a file has one record. */
export const dayOf = ({ last_modified }: { last_modified: Time }): string => last_modified.slice(0, 10);

export const dayFolder = (dataset: string, day: string): string => `quality/dataset=${dataset}/day=${day}`;

export const recordKey = (file: { dataset: string; file_id: string; last_modified: Time }): string =>
  `${dayFolder(file.dataset, dayOf(file))}/${file.file_id}.json`;
