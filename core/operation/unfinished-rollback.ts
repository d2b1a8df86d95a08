import { OperationRefusedError } from '../errors.ts';
import type { LedgerStore } from '../ledger/store.ts';
import { currentOperation } from './current.ts';
import { getOperation } from './item.ts';
import type { RollbackItem } from './rollback-item.ts';

/** A rollback of the dataset that has begun to change the table and has not come to its end, whether its run goes on or not. */
export async function unfinishedRollback(
  ledger: LedgerStore,
  dataset: string,
): Promise<{ id: string; item: RollbackItem } | undefined> {
  const current = await currentOperation(ledger, dataset);
  if (current?.kind !== 'rollback' || !current.must_finish) return undefined;
  const item = await getOperation<RollbackItem>(ledger, current.id);
  return item === undefined ? undefined : { id: current.id, item };
}

/**
 * Throws OperationRefusedError, with what to do, while such a rollback has yet to end: until then it is not settled which
 * files are out of the lake, and one that was merged again would be in by one account and out by the other.
 */
export async function notDuringRollback(ledger: LedgerStore, dataset: string): Promise<void> {
  const left = await unfinishedRollback(ledger, dataset);
  if (left === undefined) return;
  const { run, snapshot_id } = left.item;
  throw new OperationRefusedError(
    `a rollback of ${dataset} to snapshot ${snapshot_id} (${run}) has begun and has not come to its end: no file of ${dataset} is ` +
      `merged again before that. Wait for it, or, if its run has failed, \`npx tributary rollback --dataset ${dataset} --to ${snapshot_id}\`; then start again`,
  );
}

/** Throws OperationRefusedError unless `to` is where a rollback has gone that has committed, and has yet to tell the files. */
export function sameGoal({ dataset, run, snapshot_id, to: was }: RollbackItem, to: string): void {
  if (snapshot_id === to || was === to) return;
  throw new OperationRefusedError(
    `a rollback of ${dataset} to ${was} (${run}) ended before it was through: start it again with its own input first`,
  );
}
