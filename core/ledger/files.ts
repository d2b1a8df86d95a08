import type { FileRef } from '../pipeline/payloads.ts';
import type { BatchItem, FileItem, RowCounts } from './items.ts';
import { type Clock, type LedgerStore, withRetries } from './store.ts';
import { batchOf } from './table.ts';

export interface Landed extends Omit<FileRef, 'bronze_key'> {
  run: string;
}

const newFile = (file: Landed, at: string): FileItem => ({
  pk: `file#${file.file_id}`,
  sk: 'file',
  rev: 0,
  gsi1pk: `dataset#${file.dataset}`,
  gsi1sk: `${at}#${file.file_id}`,
  ...file,
  status: 'received',
  attempts: 0,
  received_at: at,
  claimed_at: at,
  updated_at: at,
});

export async function getFile(store: LedgerStore, fileId: string): Promise<FileItem | undefined> {
  return store.get<FileItem>(`file#${fileId}`, 'file');
}

/** Changes a file's item, on condition that no one else does; the change sees the newest item. */
export async function updateFile(
  store: LedgerStore,
  clock: Clock,
  fileId: string,
  change: (file: FileItem) => Partial<FileItem> | undefined,
): Promise<FileItem> {
  return withRetries(clock, async () => {
    const file = await getFile(store, fileId);
    if (file === undefined) throw new Error(`the ledger has no file ${fileId}`);
    const changed = change(file);
    if (changed === undefined) return file;
    const next = { ...file, ...changed, updated_at: clock.now().toISOString() };
    await store.write([next]);
    return next;
  });
}

/**
 * Claims a file for a run. Twice is once. A file that failed or was rejected is received anew, with nothing left of what
 * an earlier validation said, and under the dataset that it belongs to now.
 */
export async function claimFile(store: LedgerStore, clock: Clock, landed: Landed): Promise<FileItem> {
  return withRetries(clock, async () => {
    const at = clock.now().toISOString();
    const known = await getFile(store, landed.file_id);
    const next = await claimed(store, known, newFile(landed, at));
    await store.write([next]);
    return next;
  });
}

async function claimed(store: LedgerStore, known: FileItem | undefined, fresh: FileItem): Promise<FileItem> {
  if (known === undefined) return fresh;
  const { run, claimed_at, updated_at } = fresh;
  const { state } = await fileState(store, known);
  if (state === 'undone') return known;
  if (known.verdict !== undefined) return { ...known, run, claimed_at, updated_at };
  if (state === 'staged' || state === 'merged' || state === 'done')
    return { ...known, run, claimed_at, updated_at, error: undefined };
  const { rev, gsi1sk, received_at, bronze_key, attempts, again_at } = known;
  const kept = { rev, gsi1sk, received_at, bronze_key, attempts, again_at };
  return state === 'received' ? { ...fresh, ...kept, validated: known.validated } : { ...fresh, ...kept };
}

/** Begins a validation: its number makes the stage id, so that two at once never write to one place. */
export async function beginValidation(
  store: LedgerStore,
  clock: Clock,
  fileId: string,
): Promise<{ attempt: number; stageId: string }> {
  const file = await updateFile(store, clock, fileId, (current) => ({ attempts: current.attempts + 1 }));
  return { attempt: file.attempts, stageId: `${fileId}-${file.attempts}` };
}

/** Records that the file was refused as a whole, unless another validation of it has been staged meanwhile. */
export async function markRejected(
  store: LedgerStore,
  clock: Clock,
  fileId: string,
  error: Error,
  counts?: RowCounts,
): Promise<void> {
  await updateFile(store, clock, fileId, (file) =>
    isStaged(file)
      ? undefined
      : { status: 'rejected', error: `${error.name}: ${error.message}`, counts, validated: undefined },
  );
}

/** Staged or beyond: which validation counts is settled. */
export const isStaged = ({ status }: FileItem): boolean =>
  status === 'staged' || status === 'done' || status === 'undone';

/**
 * Records that the run that had claimed the file failed, unless another run has claimed it since. A file that is staged
 * stays staged: the next leader merges it, and the error tells that its own run will not. What is done, undone or
 * rejected stays.
 */
export async function markFailed(
  store: LedgerStore,
  clock: Clock,
  fileId: string,
  run: string,
  error: string,
): Promise<FileItem | undefined> {
  if ((await getFile(store, fileId)) === undefined) return undefined;
  return updateFile(store, clock, fileId, (file) => {
    if (file.run !== run || ['done', 'rejected', 'undone'].includes(file.status)) return undefined;
    return { status: file.status === 'staged' ? 'staged' : 'failed', error };
  });
}

/** Where a file stands; `merged` and a failed merge are read from its batch, which commits for all its files at once. */
export type FileState = FileItem['status'] | 'merged';

export async function fileState(store: LedgerStore, file: FileItem): Promise<{ state: FileState; batch?: BatchItem }> {
  if (file.status !== 'staged') return { state: file.status };
  const batch = await batchOf(store, file.dataset, file.staged_seq!);
  if (batch === undefined) return { state: 'staged' };
  if (batch.status === 'merged' || batch.status === 'done') return { state: batch.status, batch };
  return { state: batch.status === 'failed' ? 'failed' : 'staged', batch };
}
