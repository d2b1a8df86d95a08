import { z } from 'zod';
import type { FileItem, Time } from '../ledger/items.ts';
import type { Clock } from '../ledger/store.ts';
import { newOperation, type OperationItem } from './item.ts';

/** What starts an undo. Whether it is a dry run has to be said: the other takes rows out of the lake. */
export const UndoInput = z.strictObject({
  file_id: z.string().regex(/^[0-9a-f]{32}$/, 'a file id has 32 hexadecimal digits'),
  dry_run: z.boolean(),
});

/** PlanUndo in: `{ input: $, run }`, of which `file` is what an earlier call has returned; out, at `$.file`: */
export const PlanUndoInput = z.object({
  input: UndoInput.extend({ file: z.unknown().optional() }),
  run: z.string(),
});

/** UndoFile and FinishUndo in: `{ file: $.file, run }`; out, at `$.undo`: */
export const UndoFileInput = z.object({
  file: z.object({ file_id: z.string(), dataset: z.string() }),
  run: z.string(),
});

export interface PlannedUndo extends Pick<FileItem, 'file_id' | 'dataset' | 'bucket' | 'key' | 'version_id'> {
  /** running → wait, call again; undo → UndoFile; dry_run, already_undone → Succeed. */
  next: 'running' | 'undo' | 'dry_run' | 'already_undone';
  /** Of a dry run. */
  changes?: ReportedChanges;
}

export interface FileUndone {
  /** waiting, running → wait, call again; undone → RefreshGold; nothing → FinishUndo: silver has no row of the file. */
  outcome: 'waiting' | 'running' | 'undone' | 'nothing';
  /** The run that has the table. */
  waits_for?: string;
  changes?: ReportedChanges;
}

interface ChangedRows {
  /** Rows that silver has of the file. */
  owned_rows: number;
  /** Of these, rows for which no other file has anything: they vanish. */
  gone_rows: number;
  /** Rows that come back as other files have them. */
  back_rows: number;
  /** Files that they come from. */
  back_files: number;
}

/** What an undo changes in silver. */
export interface Changes extends ChangedRows {
  /** The files that most come from; at most twenty. */
  back_from: { file_id: string; rows: number }[];
}

export interface ReportedChanges extends ChangedRows {
  back_from: { file_id: string; key: string; rows: number }[];
  /** Marts that read the dataset. */
  marts: string[];
}

export interface UndoItem extends OperationItem {
  kind: 'undo';
  file_id: string;
  /** Fencing token of the lease under which the following was found out; none for a dry run. */
  token?: number;
  search?: Search;
  changes?: Changes;
  /** One statement each; empty: one statement without a range. */
  ranges: { from: string; to: string }[];
  /** Statements that have been through. */
  part: number;
  /** Number of the commit, and the columns that silver has then. */
  batch_seq?: number;
  columns?: string[];
  /** Numbers of commits that may have been made before the table was lost to others. */
  earlier: number[];
  waiting_since?: Time;
}

/** How far the other files have been looked through for versions of the affected rows. */
export interface Search {
  /** Files staged with this number or a later one were found in the queue, which is strongly consistent. */
  queue_from: number;
  /** Where the listing by the index goes on; null: it is through. */
  after: string | null;
  /** Statements so far. */
  steps: number;
  /** Files that have some. */
  file_ids: string[];
}

export const undoId = (fileId: string) => `undo-${fileId}`;
/** A dry run is an operation of its own, so that several at once do not meet. */
export const dryRunId = (run: string) => `dry-run-${run.split(':').at(-1)}`;

export function newUndo(clock: Clock, id: string, file: Pick<FileItem, 'dataset' | 'file_id'>, run: string): UndoItem {
  return {
    ...newOperation(clock, id, { kind: 'undo', dataset: file.dataset, run }),
    kind: 'undo',
    file_id: file.file_id,
    ranges: [],
    part: 0,
    earlier: [],
  };
}

/** Forgets what was found out: the table may be another by now. What was written under the old number is known again. */
export function begunAnew(item: UndoItem, token: number): UndoItem {
  const { statement: _, search: __, changes: ___, columns: ____, batch_seq, ...kept } = item;
  const earlier = batch_seq === undefined ? item.earlier : [...item.earlier, batch_seq];
  return { ...kept, token, ranges: [], part: 0, earlier };
}
