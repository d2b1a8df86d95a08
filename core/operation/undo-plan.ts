import type { Dataset } from '../contract/dataset.ts';
import { contractOf } from '../pipeline/contract-of.ts';
import { getOperation, writeOperation } from './item.ts';
import type { UndoPorts } from './undo.ts';
import { mayBeUndone, reported } from './undo-file.ts';
import { dryRunId, newUndo, type PlannedUndo, type UndoItem, undoId } from './undo-item.ts';
import { weigh } from './undo-weigh.ts';

/**
 * Finds the file and says how to go on: with the undo, or, for a dry run, with what it would change, as far as the time
 * allows. A dry run takes no lease: it tells of the moment. Throws what mayBeUndone does, and UnknownDatasetError if the
 * file's contract is gone.
 */
export async function planUndo(
  ports: UndoPorts,
  datasets: Record<string, Dataset>,
  { file_id: fileId, dry_run }: { file_id: string; dry_run: boolean },
  run: string,
): Promise<PlannedUndo> {
  const { ledger, clock } = ports;
  const file = await mayBeUndone(ledger, fileId);
  const dataset = contractOf(datasets, file.dataset);
  const { bucket, key, version_id } = file;
  const planned = { file_id: fileId, dataset: dataset.name, bucket, key, version_id };
  if (file.status === 'undone') {
    const known = await getOperation<UndoItem>(ledger, undoId(fileId));
    if (known?.status !== 'running') return { ...planned, next: 'already_undone' };
    // One that ended before gold had followed goes on.
    if (!dry_run) return { ...planned, next: 'undo' };
    return { ...planned, next: 'dry_run', changes: await reported(ports, dataset, known.changes) };
  }
  if (!dry_run) return { ...planned, next: 'undo' };
  const deadline = clock.now().getTime() + ports.pollMilliseconds;
  const known = await getOperation<UndoItem>(ledger, dryRunId(run));
  const item = known ?? (await writeOperation(ports, newUndo(clock, dryRunId(run), file, run)));
  const weighed = await weigh(ports, dataset, file, item, deadline);
  if (weighed.outcome === 'running') return { ...planned, next: 'running' };
  await writeOperation(ports, { ...weighed.item, status: 'done', statement: undefined });
  return { ...planned, next: 'dry_run', changes: await reported(ports, dataset, weighed.item.changes) };
}
