import { fileState, getFile } from '../ledger/files.ts';
import type { FailedItem } from '../ledger/items.ts';
import type { LedgerStore } from '../ledger/store.ts';
import { getTable } from '../ledger/table.ts';
import type { FailedRun } from './failed-run.ts';

/**
 * What a failed run leaves undone: its file; the merge of other files that it led; or, if it was not for a file, what it
 * was for.
 */
export type HeldBy = Pick<FailedItem, 'kind' | 'bucket' | 'key' | 'file_id' | 'modified'>;

/**
 * Asks the ledger what is undone because of a failed run; undefined when that is made up for already. A run whose own
 * file is done failed while it led the table for others; once nothing waits at the table, that is made up for.
 */
export async function heldBy(store: LedgerStore, failed: FailedRun): Promise<HeldBy | undefined> {
  const { file, dataset, ingests } = failed;
  if (file === undefined || !ingests) return { kind: 'run' };
  const known = file.fileId === undefined ? undefined : await getFile(store, file.fileId);
  if (known !== undefined && isOver((await fileState(store, known)).state)) {
    return (await isCaughtUp(store, dataset)) ? undefined : { kind: 'table' };
  }
  return {
    kind: 'file',
    bucket: file.bucket,
    key: file.key,
    file_id: file.fileId,
    modified: known?.last_modified ?? file.modified ?? modifiedBefore(failed),
  };
}

/** Nothing more will come of the file: it is in the lake, or was taken out of it on purpose. */
export const isOver = (state: string): boolean => state === 'done' || state === 'undone';

/** Whether every file that was ever staged for the table is merged and published. */
export async function isCaughtUp(store: LedgerStore, table: string): Promise<boolean> {
  const { open_batch, staged_seq, planned_seq } = await getTable(store, table);
  return open_batch === undefined && staged_seq === planned_seq;
}

/** A version that the ledger never saw was there when its run began. Where not even its id is known, any version will do. */
const modifiedBefore = ({ file, run }: FailedRun) => (file?.fileId === undefined ? '' : run.startedAt.toISOString());
