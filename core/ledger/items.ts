/**
 * The ledger: what happened to every file, in one DynamoDB table with keys `pk` and `sk` (both strings) and one index
 * `by_dataset` (`gsi1pk` = `dataset#<dataset>`, `gsi1sk` = `<received_at>#<file_id>`).
 *
 * | item              | pk                                  | sk                                         |
 * |-------------------|-------------------------------------|--------------------------------------------|
 * | file              | `file#<file_id>`                    | `file`                                     |
 * | table             | `table#<table>`                     | `lease`                                    |
 * | staged            | `table#<table>`                     | `staged#<staged_seq, 12 digits>`           |
 * | batch             | `table#<table>`                     | `batch#<to_seq, 12 digits>`                |
 * | removal           | `table#<table>`                     | `removed#<batch_seq, 12 digits>#<id>`      |
 * | mart              | `mart#<mart>`                       | `state`                                    |
 * | operation         | `operation#<id>`                    | `state`                                    |
 * | what a replay has | `operation#<id>`                    | `file#<file_id>`, `todo#…`, `chunk#…`, `day#…` |
 * | of a rollback     | `operation#<id>`                    | `file#<batch_seq, 12 digits>#<file_id>`    |
 * | its dataset's     | `operation#dataset#<dataset>`       | `current`                                  |
 * | incident          | `open`, later `incident`            | `<dataset>#<id>`, later `<opened at>#<id>` |
 * | what failed in it | `open`                              | `<dataset>#<incident id>#<hash>`           |
 * | cause             | `cause#<machine>#<dataset>#<error>` | `latest`                                   |
 * | failed run        | `failure#<hash of its ARN>`         | `failure`                                  |
 * | alert             | `alert`                             | `<time>#<message id>`                      |
 * | band              | `band#<dataset>`                    | `band`                                     |
 * | drift that was told | `drift#<dataset>`                 | `told`                                     |
 */

import type { Anomaly } from '../quality/record.ts';
import type { Stored } from './store.ts';

/** All times are ISO 8601 in UTC. */
export type Time = string;

export interface RowCounts {
  /** in = accepted + rejected + duplicate + superseded, always. */
  in: number;
  accepted: number;
  rejected: number;
  /** Exact repeats of another row of the same file. */
  duplicate: number;
  /** Older versions of a key that the same file also holds newer. */
  superseded: number;
}

/** `merged` is derived from the file's batch: see fileState. */
export type FileStatus = 'received' | 'staged' | 'done' | 'rejected' | 'failed' | 'undone';

export interface FileItem extends Stored {
  sk: 'file';
  gsi1pk: string;
  gsi1sk: string;
  file_id: string;
  dataset: string;
  bucket: string;
  key: string;
  version_id: string;
  etag: string;
  size: number;
  /** The object's LastModified: part of every row's version. */
  last_modified: Time;
  status: FileStatus;
  /** ARN of the execution that last claimed the file, and when it did. */
  run: string;
  claimed_at?: Time;
  bronze_key?: string;
  /** Number of validations begun; the next one's stage id is `<file id>-<attempts>`. */
  attempts: number;
  /** What the last finished validation left. */
  validated?: Staging;
  stage_id?: string;
  staged_seq?: number;
  counts?: RowCounts;
  received_at: Time;
  updated_at: Time;
  /** When its rows were in gold. */
  finished_at?: Time;
  /** What it had unlike the files of its dataset before it, once it is done. */
  anomalies?: Anomaly[];
  /** Rows whose parent was not there when they were merged; null: they were not counted. */
  orphans?: Orphans[] | null;
  /** When it was brought back after it had been taken out: since then it waits, not since it was dropped. */
  again_at?: Time;
  /** Last error, as `Name: message`. */
  error?: string;
  /** Why the merge refuses this file, found by another run that merged it with others; its next run fails with it. */
  verdict?: Verdict;
  /** When, and by which run, the file was taken out of the lake. */
  undone_at?: Time;
  undone_by?: string;
  /** Id of the operation, if that was a rollback of the table. */
  rolled_back?: string;
}

/** How many rows of a file refer to parents that were not there when it was merged, by one column. */
export interface Orphans {
  column_name: string;
  /** The dataset of the parents. */
  parent: string;
  on_orphan: 'flag' | 'hold';
  rows: number;
}

export interface Verdict {
  /** Name of the error. */
  name: string;
  message: string;
}

/** What a validation left for the merge. */
export interface Staging {
  stage_id: string;
  counts: RowCounts;
  rows: number;
  bytes: number;
  /** Values of the target's partition column, as `YYYY-MM-DD` for days; none when there are over 200. */
  partitions: string[];
  partition_count: number;
  /** Fields of the file that the contract does not know and that may become columns; of datasets that evolve. */
  unknown_fields?: string[];
  profile_key: string;
}

export interface TableItem extends Stored {
  sk: 'lease';
  /** Number of files ever staged for this table. */
  staged_seq: number;
  /** Files up to this sequence number are in a batch. */
  planned_seq: number;
  /** Number of batches ever planned: the `meta_batch_seq` of the newest. */
  batch_seq: number;
  /** Fencing token: grows with every new holder. */
  token: number;
  owner?: string;
  expires_at?: Time;
  /** `to_seq` of the batch that is planned or merged but not done. */
  open_batch?: number;
  /** `to_seq` of the parts of a batch that was split, which are to be merged next, in this order. */
  split?: number[];
  /** Batches the present holder has led: a run's event history is finite, so it hands on after some. */
  led: number;
  /** An operation (such as `undo`) that has the next turn: no batch is planned while it stands. */
  turn?: Turn;
  /** The batch number of the last operation that removed rows from the table. */
  removed_seq?: number;
  /** The batch number of the last commit that put another table in its place: older snapshots are not in that. */
  rebuilt_seq?: number;
  /** The snapshot that readers saw from then on: those before it are of a table in the making. */
  rebuilt_snapshot?: string;
  /** Columns that told the rows of the table apart when it was written. */
  identity?: string[];
  /** Days whose report pages have still to be made anew, since files of them are done. */
  pages?: string[];
  /** The table as of the last commit the ledger knows. */
  committed?: SourceWatermark & { snapshot_id: string };
}

/** An operation that took files out of the table, and with a rollback brought others back: what they were until then. */
export interface RemovedItem extends Stored {
  /** `removed#<seq, 12 digits>#<operation>` */
  sk: string;
  kind: 'undo' | 'rollback';
  /** Id of the operation. */
  operation: string;
  /** Number of its commit, or of the last one if the table had nothing to remove. */
  seq: number;
  /** The first number under which it may have removed rows: what is between the two has only a part of it. */
  since: number;
  /** The `removed_seq` of the table when it took its number. */
  previous?: number;
  /** What its commit made of the table; left out until then: it may have been done in parts, or may yet be. */
  snapshot_id?: string | null;
  /** Of an undo; the files of a rollback are with its operation. */
  file?: { file_id: string; was: FileStatus };
}

export interface Turn {
  /** ARN of the execution that asks. */
  run: string;
  /** Renewed at every call that asks. */
  expires_at: Time;
}

export interface StagedItem extends Stored, Omit<Staging, 'counts'> {
  staged_seq: number;
  file_id: string;
}

export type BatchStatus = 'planned' | 'submitted' | 'merged' | 'done' | 'failed';

export interface BatchItem extends Stored {
  from_seq: number;
  to_seq: number;
  /** Grows in the order of commits; 0: a part of a split batch that has not had its turn. */
  batch_seq: number;
  status: BatchStatus;
  /** ARN of the execution that planned it, or took it over. */
  run: string;
  file_ids: string[];
  stage_ids: string[];
  rows: number;
  /** A file wider than the partition limit is merged in several statements, each for one inclusive range. */
  ranges: { from: string; to: string }[];
  /** First and last partition that the batch writes to, when its files list them. */
  bounds?: { from: string; to: string };
  /** Unknown fields of its files, as those list them. */
  unknown_fields?: string[];
  /** Index of the statement under way. */
  part: number;
  attempt: number;
  client_token?: string;
  sql?: string;
  query_id?: string;
  /** Columns of the table when the statement was made. */
  columns?: string[];
  snapshot_id?: string;
  bytes_scanned: number;
  planned_at: Time;
  merged_at?: Time;
  error?: string;
}

export interface SourceWatermark {
  /** Iceberg snapshot id, decimal text (64 bits do not fit a JavaScript number); null: the table was empty. */
  snapshot_id: string | null;
  batch_seq: number;
  /** Columns that the table had then: a snapshot is read with the columns of its own time. */
  columns?: string[];
  /** The batch number of the last operation that removed rows from the table. */
  removed_seq?: number;
  /** The batch number of the last commit that put another table in its place. */
  rebuilt_seq?: number;
}

export interface MartItem extends Stored {
  sk: 'state';
  /** What the gold table was built from. */
  sources: Record<string, SourceWatermark>;
  /** Hash of the mart's SQL; another one, or none, means a full rebuild. */
  definition: string;
  /** Key columns of the table as it was built. */
  key?: string[];
  refreshed_at: Time;
  owner?: string;
  expires_at?: Time;
  /** The query under way that finds what has changed between what the table was built from and these `sources`. */
  asked?: { query_id: string; at: Time; sources: Record<string, SourceWatermark> };
  /** The refresh under way: its statement, and what the table is built from once it has succeeded. */
  pending?: {
    query_id?: string;
    client_token: string;
    sql: string;
    sources: Record<string, SourceWatermark>;
    definition: string;
    key: string[];
  };
}

/**
 * Failures of one cause that came close together: one page and, when all that failed is in the lake, one "resolved".
 * Open incidents are kept in the partition `open`, so that one query tells whether a dataset has any; closed ones move
 * to the partition `incident`.
 */
export interface IncidentItem extends Stored {
  id: string;
  machine: string;
  dataset: string;
  error: string;
  /** State, cause, run (its ARN), file and input of the first failure. */
  state: string;
  cause: string;
  run: string;
  file_id?: string;
  /** Left out when it is very long. */
  input?: string;
  /** What the first failure left undone. */
  held_by: FailedItem['kind'];
  /** Runs that failed, each counted once. */
  count: number;
  /** The first files that failed, as `s3://…`. */
  files: string[];
  /** When the first and the last of the runs ended. */
  first_at: Time;
  last_at: Time;
  /** When the last one was counted. */
  counted_at: Time;
  opened_at: Time;
  /** The invocation that pages, and since when it tries. */
  pager: string;
  paging_at: Time;
  /** The message is about to go out. */
  publishing_at?: Time;
  paged_at?: Time;
  /** The same for the message that it is resolved. */
  resolver?: string;
  resolving_at?: Time;
  closed_at?: Time;
  /** recovered: over before anybody was paged; expired: its files did not come, and nothing new happened for long. */
  outcome?: 'resolved' | 'recovered' | 'expired';
}

/** What holds an incident open. */
export interface FailedItem extends Stored {
  pk: 'open';
  /** file: until it is done; table: until a batch of the dataset is done; run: until one with the same input succeeds. */
  kind: 'file' | 'table' | 'run';
  /** The last run that failed on it, and when. */
  run: string;
  failed_at: Time;
  bucket?: string;
  key?: string;
  /** Of the newest version that failed, with its LastModified. */
  file_id?: string;
  modified?: Time;
}

/** The newest incident of a cause. */
export interface CauseItem extends Stored {
  sk: 'latest';
  incident: string;
}

/** A failed run that was reported, and the incident that it was counted in. */
export interface FailureItem extends Stored {
  sk: 'failure';
  run: string;
  /** A run that is redriven may end badly again. */
  stopped_at: Time;
  incident?: string;
}

/** One message that really went through the alert topic. */
export interface AlertItem {
  pk: 'alert';
  sk: string;
  at: Time;
  subject: string;
  message: string;
}
