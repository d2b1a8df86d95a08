import type { Dataset } from '../contract/dataset.ts';
import type { BatchItem, FileItem, Orphans, RowCounts, Time } from '../ledger/items.ts';
import { mayBeTold } from '../validation/column-like.ts';
import { describeGate, type Profile } from '../validation/result.ts';
import type { Anomaly, ColumnRecord, FileRecord, GateRecord } from './record.ts';
import { ruleResults } from './rules.ts';

/** Unknown columns that a record lists. */
const listedUnknown = 300;

/** What was found of a file when it was merged. */
export interface Findings {
  anomalies: Anomaly[];
  orphans: Orphans[] | null;
}

/** A file whose rows are in silver and gold. */
export function doneRecord(
  dataset: Dataset,
  file: FileItem,
  batch: Pick<BatchItem, 'batch_seq' | 'snapshot_id' | 'merged_at'>,
  profile: Profile | undefined,
  { anomalies, orphans }: Findings,
  finished: Time,
): FileRecord {
  return {
    ...lineage(file),
    outcome: 'done',
    error: null,
    run: file.run,
    ...validation(dataset, file.stage_id!, file.file_id, profile),
    ...rows(file.counts),
    ...measured(dataset, profile),
    anomalies,
    orphans,
    batch_seq: batch.batch_seq,
    snapshot_id: batch.snapshot_id ?? null,
    ...times(file, finished),
    merged_at: batch.merged_at ?? null,
    drop_to_gold_seconds: file.again_at === undefined ? secondsBetween(file.last_modified, finished) : null,
  };
}

export interface Refusal {
  run: string;
  stageId: string;
  error: Pick<Error, 'name' | 'message'>;
  /** A file that can't be read has none. */
  profile?: Profile;
}

/** A file that was refused as a whole: it is compared with nothing, and nothing is learned from it. */
export function refusedRecord(dataset: Dataset, file: FileItem, refusal: Refusal, finished: Time): FileRecord {
  const { run, stageId, error, profile } = refusal;
  return {
    ...lineage(file),
    outcome: 'rejected',
    error: `${error.name}: ${error.message}`,
    run,
    ...validation(dataset, stageId, file.file_id, profile),
    ...rows(profile?.counts),
    ...measured(dataset, profile),
    anomalies: [],
    orphans: [],
    batch_seq: null,
    snapshot_id: null,
    ...times(file, finished),
    merged_at: null,
    drop_to_gold_seconds: null,
  };
}

const lineage = ({ dataset, file_id, bucket, key, version_id, etag, size, last_modified, bronze_key }: FileItem) => ({
  record_version: 1 as const,
  dataset,
  file_id,
  bucket,
  key,
  version_id,
  etag,
  size,
  last_modified,
  bronze_key: bronze_key ?? null,
});

function validation(dataset: Dataset, stageId: string, fileId: string, profile: Profile | undefined) {
  return {
    stage_id: stageId,
    attempt: Number(stageId.slice(fileId.length + 1)),
    contract_version: profile?.contract_version ?? dataset.version,
    format: profile?.format ?? null,
    compression: profile?.compression ?? null,
    ...(profile?.encoding === undefined ? {} : { encoding: profile.encoding }),
    ...(profile?.delimiter === undefined ? {} : { delimiter: profile.delimiter }),
    source_bytes: profile?.source_bytes ?? null,
  };
}

function rows(counts: RowCounts | undefined) {
  return {
    rows_in: counts?.in ?? null,
    rows_accepted: counts?.accepted ?? null,
    rows_rejected: counts?.rejected ?? null,
    rows_duplicate: counts?.duplicate ?? null,
    rows_superseded: counts?.superseded ?? null,
    rejected_percent: counts === undefined ? null : rejectedPercent(counts),
  };
}

/** Share of rejected rows, 0–100; of no rows none is. */
export const rejectedPercent = ({ in: all, rejected }: RowCounts): number => (all === 0 ? 0 : (100 * rejected) / all);

function measured(dataset: Dataset, profile: Profile | undefined) {
  if (profile === undefined) return { rules: [], gates: [], unknown_columns: [], columns: [] };
  return {
    rules: ruleResults(dataset, profile),
    gates: profile.gates.map((gate): GateRecord => {
      const bound = dataset.gates.find(({ name }) => name === gate.name);
      return { ...gate, description: bound === undefined ? null : describeGate(bound) };
    }),
    unknown_columns: profile.unknown_columns.filter((name) => mayBeTold(dataset, name)).slice(0, listedUnknown),
    columns: Object.entries(profile.columns).map(([name, column]): ColumnRecord => {
      // Values of a column that the contract has called personal data since, or does not have any more, stay out as well.
      const pii = dataset.columns.find((candidate) => candidate.name === name)?.pii ?? true;
      const { nulls, distinct, min, max, top } = column;
      const values = pii ? { min: null, max: null, top: [] } : { min, max, top: top ?? [] };
      return { name, pii, nulls, distinct_values: distinct, ...values };
    }),
  };
}

function times({ received_at, claimed_at }: FileItem, finished: Time) {
  return {
    received_at,
    started_at: claimed_at ?? null,
    finished_at: finished,
    run_seconds: claimed_at === undefined ? null : secondsBetween(claimed_at, finished),
  };
}

export const secondsBetween = (from: Time, to: Time): number => Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
