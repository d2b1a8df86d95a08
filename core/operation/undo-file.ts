import type { Dataset } from '../contract/dataset.ts';
import { InvalidInputError, OperationRefusedError } from '../errors.ts';
import { type Mart, martsOf } from '../gold/mart.ts';
import { fileState, getFile } from '../ledger/files.ts';
import type { FileItem } from '../ledger/items.ts';
import type { LedgerStore } from '../ledger/store.ts';
import type { Changes, ReportedChanges } from './undo-item.ts';

/**
 * The file, if it can be taken out or is already. Throws OperationRefusedError while it is on its way, and
 * InvalidInputError if the ledger does not know it.
 */
export async function mayBeUndone(ledger: LedgerStore, fileId: string): Promise<FileItem> {
  const file = await getFile(ledger, fileId);
  if (file === undefined) {
    throw new InvalidInputError(`the ledger has no file ${fileId}; \`tributary runs\` lists the runs and their files`);
  }
  const { state } = await fileState(ledger, file);
  if (state === 'received' || state === 'staged' || state === 'merged') {
    throw new OperationRefusedError(
      `file ${fileId} (${file.key}) is ${state}, on its way into silver.${file.dataset}: wait for it, or re-run it if ` +
        `its run ${file.run} has failed, then undo it`,
    );
  }
  return file;
}

/** What an undo changes, with the names of the files that rows come back from. */
export async function reported(
  { ledger, marts }: { ledger: LedgerStore; marts: Mart[] },
  dataset: Dataset,
  changes: Changes | undefined,
): Promise<ReportedChanges | undefined> {
  if (changes === undefined) return undefined;
  const ids = changes.back_from.map(({ file_id }) => file_id);
  const files = await ledger.getMany<FileItem>(ids.map((id) => ({ pk: `file#${id}`, sk: 'file' })));
  const keys = new Map(files.map((file) => [file.file_id, file.key]));
  return {
    ...changes,
    back_from: changes.back_from.map((from) => ({ ...from, key: keys.get(from.file_id) ?? '' })),
    marts: martsOf(marts, dataset.name).map((mart) => mart.name),
  };
}
