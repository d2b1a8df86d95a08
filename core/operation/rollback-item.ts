import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { FileItem, FileStatus, Time } from '../ledger/items.ts';
import type { Clock, Stored } from '../ledger/store.ts';
import { newOperation, type OperationItem, operationKey } from './item.ts';
import { timeOf } from './rollback-history.ts';

/** What starts a rollback. Whether it is a dry run has to be said: the other takes rows out of the lake. */
export const RollbackInput = z.strictObject({
  dataset: z.string().min(1),
  to: z
    .string()
    .refine(
      (text) => /^\d{10,19}$/.test(text) || !Number.isNaN(timeOf(text)),
      'the id of a snapshot, as text, or a time like 2026-03-01T10:00:00Z',
    ),
  dry_run: z.boolean(),
});
export type RollbackInput = z.infer<typeof RollbackInput>;

/** PlanRollback in: `{ input: $, run }`, of which `plan` is what an earlier call has returned; out, at `$.plan`: */
export const PlanRollbackInput = z.object({
  input: RollbackInput.extend({ plan: z.unknown().optional() }),
  run: z.string(),
});

/** RollbackTable and FinishRollback in: `{ plan: $.plan, run }`; the first one's out, at `$.rollback`: */
export const RollbackStep = z.object({
  plan: z.object({
    dataset: z.string(),
    operation: z.string(),
    to: z.string(),
    snapshot_id: z.string(),
    snapshot_at: z.string(),
  }),
  run: z.string(),
});
export type RollbackPlan = z.infer<typeof RollbackStep>['plan'];

export interface PlannedRollback extends RollbackPlan {
  /** running → wait, call again; rollback → RollbackTable; dry_run, nothing → Succeed. */
  next: 'running' | 'rollback' | 'dry_run' | 'nothing';
  /** Of a dry run. */
  changes?: ReportedRollback;
}

export interface TableRolledBack {
  /** waiting, running → wait, call again; rolled_back → RefreshGold; nothing → FinishRollback: it is so already. */
  outcome: 'waiting' | 'running' | 'rolled_back' | 'nothing';
  /** The run that has the table. */
  waits_for?: string;
  changes?: ReportedRollback;
}

export interface RollbackRows {
  /** Rows that have come since: they go. */
  gone_rows: number;
  /** Rows that have been removed since: they return. */
  back_rows: number;
  /** Rows that get the content that they had. */
  changed_rows: number;
}

export interface ReportedRollback extends RollbackRows {
  /** Files that are out of the lake then, and those that are in it again; of each at most twenty are named. */
  files_out: number;
  files_back: number;
  out: NamedFile[];
  back: NamedFile[];
  /** Marts that read the dataset. */
  marts: string[];
}

export type NamedFile = Pick<FileItem, 'file_id' | 'key'>;

export interface RollbackItem extends OperationItem {
  kind: 'rollback';
  /** What was asked for: a snapshot's id, or a time. */
  to: string;
  snapshot_id: string;
  snapshot_at: Time;
  /** Fencing token of the lease under which the following was found out; none for a dry run. */
  token?: number;
  /** Columns of the snapshot, and of silver. */
  old_columns?: string[];
  columns?: string[];
  rows?: RollbackRows;
  files?: Pick<ReportedRollback, 'files_out' | 'files_back' | 'out' | 'back'>;
  /** One statement each; empty: one statement without a range. */
  ranges: { from: string; to: string }[];
  /** Statements that have been through. */
  part: number;
  batch_seq?: number;
  /** Numbers of commits that may have been made before the table was lost to others. */
  earlier: number[];
  waiting_since?: Time;
  /** The commit point: silver is what the snapshot is. What is left is to tell the files' items and gold. */
  committed_at?: Time;
  /** Sort key of the last file whose item has followed. */
  marked_after?: string;
}

/** A file that is in or out of the lake since a rollback, with what its item said before. */
export interface RollbackFile extends Stored {
  /** `file#<number of the commit, 12 digits>#<file_id>` */
  sk: string;
  file_id: string;
  to: 'out' | 'back';
  staged_seq?: number;
  /** Of one that is back: when it was taken out, and what it was before that. */
  undone_at?: Time;
  was: FileStatus;
}

const prefix = (seq: number) => `file#${String(seq).padStart(12, '0')}#`;
export const rollbackFileKey = (operation: string, seq: number, fileId: string) => ({
  pk: operationKey(operation).pk,
  sk: `${prefix(seq)}${fileId}`,
});
/** Bounds of the sort keys of a commit's files. */
export const rollbackFiles = (seq: number) => ({ from: prefix(seq), to: `${prefix(seq)}~` });

export const idOf = (item: RollbackItem): string => item.pk.slice('operation#'.length);

/** The id of the rollback that an execution begins. */
export const rollbackId = (run: string) => `rollback-${createHash('sha256').update(run).digest('hex').slice(0, 12)}`;

export function newRollback(
  clock: Clock,
  id: string,
  { dataset, to, snapshot_id, snapshot_at }: Pick<RollbackItem, 'dataset' | 'to' | 'snapshot_id' | 'snapshot_at'>,
  run: string,
): RollbackItem {
  return {
    ...newOperation(clock, id, { kind: 'rollback', dataset, run }),
    kind: 'rollback',
    to,
    snapshot_id,
    snapshot_at,
    ranges: [],
    part: 0,
    earlier: [],
  };
}

/** Forgets what was found out: the table may be another by now. What was written under the old number is known again. */
export function begunAnew(item: RollbackItem, token: number): RollbackItem {
  const { statement: _, old_columns: __, columns: ___, rows: ____, files: _____, batch_seq, ...kept } = item;
  const earlier = batch_seq === undefined ? item.earlier : [...item.earlier, batch_seq];
  return { ...kept, token, ranges: [], part: 0, earlier };
}
