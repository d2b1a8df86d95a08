import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Dataset } from '../contract/dataset.ts';
import type { RowCounts, Staging } from '../ledger/items.ts';
import type { Stored } from '../ledger/store.ts';
import { type OperationItem, operationKey } from './item.ts';
import type { GlueTable } from './pointers.ts';

const day = z.iso.date();

/** What starts a replay: the files of a dataset that landed from one day to another, both included; all by default. */
export const ReplayInput = z.strictObject({
  dataset: z.string().min(1),
  from: day.optional(),
  to: day.optional(),
  /** Go on although files that were merged are refused by the contract as it is now: their rows are left out. */
  allow_refused: z.boolean().default(false),
  /** Id of the replay that an execution before this one has handed on. */
  continues: z.string().optional(),
});
export type ReplayInput = z.infer<typeof ReplayInput>;

/** BuildReplay, SwapReplay and FinishReplay in: */
export const ReplayStep = z.object({ id: z.string(), run: z.string() });

export interface ReplayItem extends OperationItem {
  kind: 'replay';
  range: { from?: string; to?: string };
  allow_refused: boolean;
  /** Name under which the new table is built, in silver and, over the same staged files, in staging. */
  table: string;
  /** `meta_batch_seq` of the new table's rows: never above that of the commit that shows them. */
  batch_seq: number;
  /** Of the silver table when the replay began: rows that an undo has removed since would come back. */
  removed_seq: number;
  phase: 'list' | 'build' | 'swap' | 'gold' | 'settle';
  /** Where the listing of the dataset's files goes on; null: it has been read to its end. */
  list_after: string | null;
  /** Batches that end up to here are accounted for. */
  cursor: number;
  /** Every file is in a chunk that is to be built. */
  planned: boolean;
  /** Chunks planned and chunks that are in the new table. */
  chunks: number;
  built: number;
  /** Pages of files that the present execution has validated: its history is finite. */
  pages: number;
  /** The execution that has started another, which goes on, and has ended. */
  handed_on?: string;
  swap?: Swap;
  /** Number of the commit that shows the new table. */
  committed_seq?: number;
  /** Sort key of the last file whose item has followed, and the files counted on the way. */
  settled_after?: string;
  /** The last day whose report page was made anew, once all items have followed. */
  pages_after?: string;
  files?: number;
  anew?: number;
  refused?: number;
}

export interface Swap {
  /** The table that readers have seen until now, as Glue had it. */
  before: GlueTable;
  /** Folder of the new one: what has it has been swapped. */
  location: string;
}

/** A file that the new table is built from, or is not because it is refused. */
export interface ReplayFile extends Stored {
  /** `file#<file_id>` */
  sk: string;
  file_id: string;
  state: 'waits' | 'ready' | 'refused';
  /** It is validated anew; its item in the ledger follows once readers see the new table. */
  anew: boolean;
  /** Its rows are in the table that readers see now. */
  merged: boolean;
  /** Its own MERGE has failed before: it is built alone, so that it holds up no other. */
  suspect?: boolean;
  /** It was valid, and its MERGE has failed again. */
  failed?: boolean;
  key: string;
  staging?: Staging;
  /** Of a file that is refused. */
  error?: string;
  counts?: RowCounts;
  quarantine_stage?: string;
}

/** A file that is still to be validated; gone once its result is recorded. */
export interface TodoItem extends Stored {
  /** `todo#<file_id>` */
  sk: string;
  file_id: string;
}

/** A day of which the replay has written records: it is shown, and its report page is made anew in the end. */
export interface ReplayDay extends Stored {
  /** `day#<YYYY-MM-DD>` */
  sk: string;
  day: string;
}

/** Files that one MERGE, or one for each range, brings into the new table. */
export interface ReplayChunk extends Stored {
  /** `chunk#<number, 6 digits>` */
  sk: string;
  file_ids: string[];
  stage_ids: string[];
  ranges: { from: string; to: string }[];
  bounds?: { from: string; to: string };
  unknown_fields?: string[];
  rows: number;
  suspect?: boolean;
  /** Index of the statement under way. */
  part: number;
}

export const replayFileKey = (id: string, fileId: string) => ({ pk: operationKey(id).pk, sk: `file#${fileId}` });
export const dayKey = (item: ReplayItem, day: string) => ({ pk: item.pk, sk: `day#${day}` });
export const todoKey = (id: string, fileId: string) => ({ pk: operationKey(id).pk, sk: `todo#${fileId}` });
export const chunkKey = (id: string, chunk: number) => ({
  pk: operationKey(id).pk,
  sk: `chunk#${String(chunk).padStart(6, '0')}`,
});

/** The id of the replay that an execution begins: of the minute, and the same whenever that execution asks in it. */
export function replayId(run: string, now: Date): string {
  const minute = now.toISOString().slice(0, 16).replace(/\D/g, '');
  return `${minute}_${createHash('sha256').update(run).digest('hex').slice(0, 8)}`;
}

export const idOf = (item: ReplayItem): string => item.pk.slice('operation#'.length);

/** The dataset as if it were called what the new table is: every statement on silver then works on that. */
export const rebuilt = (dataset: Dataset, item: ReplayItem): Dataset => ({ ...dataset, name: item.table });

/** The name under which the table that was replaced stays within reach. */
export const beforeName = (item: ReplayItem): string => `${item.dataset}__before_${idOf(item)}`;

/** Whether a file that landed then is one of those that a replay is about. */
export function inRange({ from, to }: ReplayItem['range'], lastModified: string): boolean {
  const landed = lastModified.slice(0, 10);
  return (from === undefined || landed >= from) && (to === undefined || landed <= to);
}
