import { notDuringRollback } from '../operation/unfinished-rollback.ts';
import { getFile } from './files.ts';
import type { FileItem } from './items.ts';
import { type Clock, type LedgerStore, withRetries } from './store.ts';
import { batchOf, getTable } from './table.ts';

/**
 * Makes a file that was taken out of the lake one that has yet to be merged, if it is out since `undoneAt`: what took it
 * out before or after that does not count, so that an order to bring it back holds once. It keeps its staged rows, unless
 * the table has been built anew since they were merged; then it has to be validated again. `first` is done before, and may
 * be done twice. Returns the file, or undefined when it is not out, or for another reason. Throws OperationRefusedError while
 * a rollback of its dataset has begun and has yet to end.
 */
export async function takeAgain(
  store: LedgerStore,
  clock: Clock,
  fileId: string,
  undoneAt: string,
  first: (file: FileItem) => Promise<void>,
): Promise<FileItem | undefined> {
  return withRetries(clock, async () => {
    const file = await getFile(store, fileId);
    if (file?.status !== 'undone' || file.undone_at !== undoneAt) return undefined;
    await notDuringRollback(store, file.dataset);
    const fits = await fitsTable(store, file);
    if (fits) await first(file);
    const { undone_at: _, undone_by: __, rolled_back: ___, stage_id: ____, staged_seq: _____, ...kept } = file;
    const at = clock.now().toISOString();
    const next: FileItem = {
      ...kept,
      status: 'received',
      validated: fits ? file.validated : undefined,
      again_at: at,
      updated_at: at,
    };
    await store.write([next]);
    return next;
  });
}

/** What it has staged is of the shape of the table that readers see now. */
async function fitsTable(store: LedgerStore, { dataset, staged_seq, validated }: FileItem): Promise<boolean> {
  if (validated === undefined || staged_seq === undefined) return false;
  const [batch, table] = [await batchOf(store, dataset, staged_seq), await getTable(store, dataset)];
  return (batch?.batch_seq ?? 0) > (table.rebuilt_seq ?? 0);
}
