import type { Dataset } from '../contract/dataset.ts';
import { OperationRefusedError } from '../errors.ts';
import { contractOf } from '../pipeline/contract-of.ts';
import { getOperation, writeOperation } from './item.ts';
import { changedFiles } from './rollback-files.ts';
import { historyOf, stateAt } from './rollback-history.ts';
import {
  newRollback,
  type PlannedRollback,
  type RollbackInput,
  type RollbackItem,
  rollbackId,
} from './rollback-item.ts';
import { filesTold, reportedRollback, weighRollback } from './rollback-weigh.ts';
import type { UndoPorts } from './undo.ts';
import { dryRunId } from './undo-item.ts';
import { sameGoal, unfinishedRollback } from './unfinished-rollback.ts';

/**
 * Finds the snapshot and says how to go on: with the rollback, or, for a dry run, with what it would change, as far as the
 * time allows. A dry run takes no lease: it tells of the moment. A rollback that has begun to change the table and has not
 * ended is gone on with. Throws OperationRefusedError, with what there is, when the table can not be brought back so far.
 */
export async function planRollback(
  ports: UndoPorts,
  datasets: Record<string, Dataset>,
  { dataset: name, to, dry_run }: RollbackInput,
  run: string,
): Promise<PlannedRollback> {
  const { ledger, clock } = ports;
  const dataset = contractOf(datasets, name);
  const left = dry_run ? undefined : await unfinishedRollback(ledger, name);
  const of = ({ snapshot_id, snapshot_at }: RollbackItem) => ({ dataset: name, to, snapshot_id, snapshot_at });
  if (left?.item.committed_at !== undefined) {
    sameGoal(left.item, to);
    return { ...of(left.item), operation: left.id, next: 'rollback' };
  }
  if (!(await ports.catalog.exists(ports.databases.silver, name))) {
    throw new OperationRefusedError(`there is no table silver.${name} yet: no file of ${name} has been merged`);
  }
  const states = await historyOf(ports, dataset);
  const state = stateAt(states, name, to, clock.now());
  const operation = left?.id ?? rollbackId(run);
  const planned = { dataset: name, operation, to, snapshot_id: state.id, snapshot_at: state.at };
  if (!dry_run) {
    // What a rollback that was broken off has left behind may be no commit that the ledger knows.
    const same = state.id === states.at(-1)!.id && left === undefined;
    return { ...planned, next: same ? 'nothing' : 'rollback' };
  }
  const id = dryRunId(run);
  const known = await getOperation<RollbackItem>(ledger, id);
  const item = known ?? (await writeOperation(ports, newRollback(clock, id, planned, run)));
  const deadline = clock.now().getTime() + ports.pollMilliseconds;
  const weighed = await weighRollback(ports, dataset, item, deadline);
  if (weighed.outcome === 'running') return { ...planned, ...of(item), next: 'running' };
  const files = filesTold(await changedFiles(ledger, states, item.snapshot_id));
  const done = await writeOperation(ports, { ...weighed.item, files, status: 'done', statement: undefined });
  return { ...planned, ...of(item), next: 'dry_run', changes: reportedRollback(ports, done) };
}
