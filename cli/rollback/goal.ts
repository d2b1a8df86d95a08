import type { Clock, LedgerStore } from '../../core/ledger/store.ts';
import { getTable, isIdle } from '../../core/ledger/table.ts';
import { changedFiles } from '../../core/operation/rollback-files.ts';
import { stateAt, type TableState } from '../../core/operation/rollback-history.ts';

/**
 * Refuses what a run of the rollback would refuse, before there is one that pages somebody: a target that is none, or one
 * with files that are on their way in again. Returns what there is to know when files are being merged. Throws
 * OperationRefusedError with what to do.
 */
export async function checkGoal(
  { ledger, clock }: { ledger: LedgerStore; clock: Clock },
  dataset: string,
  to: string,
  states: TableState[],
): Promise<string | undefined> {
  const { id } = stateAt(states, dataset, to, clock.now());
  await changedFiles(ledger, states, id);
  const table = await getTable(ledger, dataset);
  if (isIdle(table, clock)) return undefined;
  return `${table.owner} has silver.${dataset}: the rollback waits for it, and takes out again what it brings until then`;
}
