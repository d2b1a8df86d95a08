import type { Dataset } from '../contract/dataset.ts';
import { RowConservationError, TerminalError } from '../errors.ts';
import { forgetMarts } from '../gold/forget.ts';
import { over, removal, removalsOf, unfinished } from '../ledger/removed.ts';
import { getTable } from '../ledger/table.ts';
import { takeTurn } from '../ledger/turn.ts';
import type { Lease } from '../merge/lead.ts';
import { endTurn } from '../pipeline/wake.ts';
import { claimDataset, mustFinish, needNotFinish, releaseDataset } from './current.ts';
import { getOperation, writeOperation } from './item.ts';
import { changedFiles, markFiles, noteFiles } from './rollback-files.ts';
import { historyOf, stateAt } from './rollback-history.ts';
import {
  begunAnew,
  idOf,
  newRollback,
  type RollbackItem,
  type RollbackPlan,
  type TableRolledBack,
} from './rollback-item.ts';
import { rollbackStatement } from './rollback-statements.ts';
import { countChanges, filesTold, isSame, reportedRollback, rollbackText, weighRollback } from './rollback-weigh.ts';
import { runStatement, settle } from './statement.ts';
import type { UndoPorts } from './undo.ts';
import { waitForTable } from './wait.ts';
import { giveUpNumber, takeNumber, withTable } from './with-table.ts';

type Step = { outcome: 'running' | 'done'; item: RollbackItem };

/**
 * Brings a silver table back to one of its snapshots, by a further commit, as the holder of the table's lease; then the
 * ledger's items of the files that have come or gone since follow. Repeated at any point, also by another run, it goes on;
 * if the table was lost to others before the commit, from the start, since they may have changed it. Keeps the lease for
 * the refresh of gold; finishRollback gives it back. Throws OperationRefusedError with what to do.
 */
export async function rollbackTable(
  ports: UndoPorts,
  dataset: Dataset,
  plan: RollbackPlan,
  run: string,
): Promise<TableRolledBack> {
  const { ledger, clock } = ports;
  const deadline = clock.now().getTime() + ports.pollMilliseconds;
  const told = (item: RollbackItem) => reportedRollback(ports, item);
  const ended = await getOperation<RollbackItem>(ledger, plan.operation);
  if (ended?.status === 'done')
    return { outcome: ended.committed_at ? 'rolled_back' : 'nothing', changes: told(ended) };
  await claimDataset(ports, dataset.name, { id: plan.operation, kind: 'rollback', run });
  let item = await open(ports, plan, run);
  const turn = await takeTurn(ledger, clock, dataset.name, run);
  if ('waitsFor' in turn) return waitForTable(ports, item, turn.waitsFor, 'roll back again');
  const { lease } = turn;

  if (item.committed_at === undefined) {
    const brought = await bringBack(ports, dataset, lease, item, deadline);
    if (brought.outcome === 'running') return { outcome: 'running' };
    item = brought.item;
    if (item.committed_at === undefined) return { outcome: 'nothing', changes: told(item) };
  }
  const marked = await markFiles(ports, item, deadline);
  return marked.outcome === 'running' ? { outcome: 'running' } : { outcome: 'rolled_back', changes: told(item) };
}

/** The operation's item, with this run at it. One that has not committed yet may be led elsewhere by another run. */
async function open(ports: UndoPorts, plan: RollbackPlan, run: string): Promise<RollbackItem> {
  const known = await getOperation<RollbackItem>(ports.ledger, plan.operation);
  if (known === undefined) return writeOperation(ports, newRollback(ports.clock, plan.operation, plan, run));
  if (known.run === run) return known;
  if (known.committed_at !== undefined) return writeOperation(ports, { ...known, run, waiting_since: undefined });
  const { to, snapshot_id, snapshot_at } = plan;
  // Without the token it begins anew, and settles first what the other has left under way.
  const led = { ...known, to, snapshot_id, snapshot_at, run, token: undefined, waiting_since: undefined };
  return writeOperation(ports, led);
}

/** Up to the commit point. Without `committed_at` afterwards: the table is what the snapshot is, and so are its files. */
async function bringBack(
  ports: UndoPorts,
  dataset: Dataset,
  lease: Lease,
  given: RollbackItem,
  deadline: number,
): Promise<Step> {
  let item = given;
  if (item.token !== lease.token) {
    const settled = await settle(ports, item, deadline);
    if (settled.outcome === 'running' || !(await othersSettled(ports, item, deadline)))
      return { outcome: 'running', item: settled.item };
    // It may have expired while this run waited.
    stateAt(await historyOf(ports, dataset), dataset.name, item.snapshot_id, ports.clock.now());
    item = await writeOperation(ports, { ...begunAnew(settled.item, lease.token), waiting_since: undefined });
  }
  const weighed = await weighRollback(ports, dataset, item, deadline);
  if (weighed.outcome === 'running') return weighed;
  item = weighed.item;
  if (item.files === undefined) {
    const files = filesTold(await changesOf(ports, dataset, item));
    item = await writeOperation(ports, { ...item, files });
  }
  const { files_out, files_back } = item.files!;
  // What an earlier statement has done already has to be committed all the same.
  if (isSame(item.rows!) && files_out + files_back === 0 && item.earlier.length === 0) return { outcome: 'done', item };
  const merged = await merge(ports, dataset, lease, item, deadline);
  if (merged.outcome === 'running') return merged;
  await noteFiles(ports.ledger, merged.item, await changesOf(ports, dataset, merged.item));
  return { outcome: 'done', item: await commit(ports, dataset, lease, merged.item) };
}

const changesOf = async (ports: UndoPorts, dataset: Dataset, item: RollbackItem) =>
  changedFiles(ports.ledger, await historyOf(ports, dataset), item.snapshot_id);

/** Runs the statements, and checks that silver and the snapshot differ in nothing then. */
async function merge(
  ports: UndoPorts,
  dataset: Dataset,
  lease: Lease,
  given: RollbackItem,
  deadline: number,
): Promise<Step> {
  const operation = idOf(given);
  let item = given;
  await mustFinish(ports, dataset.name, operation);
  if (item.batch_seq === undefined) item = await takeNumber(ports, lease, item, 'rollback');
  if (isSame(item.rows!)) return { outcome: 'done', item };
  const text = rollbackText(ports, dataset, item);
  const ranges = item.ranges.length === 0 ? [undefined] : item.ranges;
  const what = `bringing silver.${dataset.name} back to its snapshot ${item.snapshot_id}`;
  for (const [part, range] of ranges.entries()) {
    if (part < item.part) continue;
    const sql = rollbackStatement(text, item.batch_seq!, range);
    const ran = await runStatement(ports, item, `merge-${part}`, what, sql, deadline).catch(async (error: Error) => {
      const untouched = part === 0 && item.earlier.length === 0;
      if (error instanceof TerminalError && untouched) {
        await giveUpNumber(ports, lease, item);
        await needNotFinish(ports, dataset.name, operation);
      }
      throw error;
    });
    if (ran.outcome === 'running') return ran;
    item = await writeOperation(ports, { ...ran.item, part: part + 1 });
  }
  const checked = await countChanges(ports, dataset, item, 'check', deadline);
  if (checked.outcome === 'running') return checked;
  if (isSame(checked.rows)) return { outcome: 'done', item: checked.item };
  // Continued, it finds out anew what there is to do.
  await writeOperation(ports, begunAnew(checked.item, lease.token));
  const { gone_rows, back_rows, changed_rows } = checked.rows;
  throw new RowConservationError(
    `rollback of ${dataset.name} to snapshot ${item.snapshot_id}: ${gone_rows + back_rows + changed_rows} rows still differ; ` +
      'has another program written to the table? No file is recorded as out: roll back again',
  );
}

/** Whether no statement is under way any more of operations that have stopped half done: none must commit behind this. */
async function othersSettled(ports: UndoPorts, item: RollbackItem, deadline: number): Promise<boolean> {
  for (const id of await othersUnfinished(ports, item)) {
    const other = await getOperation(ports.ledger, id);
    if (other !== undefined && (await settle(ports, other, deadline)).outcome === 'running') return false;
  }
  return true;
}

async function othersUnfinished({ ledger }: UndoPorts, item: RollbackItem): Promise<string[]> {
  const { rebuilt_seq } = await getTable(ledger, item.dataset);
  const ids = unfinished(await removalsOf(ledger, item.dataset), rebuilt_seq).map(({ operation }) => operation);
  return [...new Set(ids)].filter((id) => id !== idOf(item));
}

/** The commit point: the table is what the snapshot is, or nothing has happened. */
async function commit(ports: UndoPorts, dataset: Dataset, lease: Lease, item: RollbackItem): Promise<RollbackItem> {
  // What had been committed before the table was lost to others may be in marts whose numbers do not tell of it.
  const late = item.earlier.length > 0 || (await othersUnfinished(ports, item)).length > 0;
  if (late) await forgetMarts(ports, dataset.name);
  const snapshot = await ports.catalog.currentSnapshot(ports.databases.silver, dataset.name);
  const batch_seq = item.batch_seq!;
  const committed = { snapshot_id: snapshot!, batch_seq, columns: item.columns };
  return withTable(ports, lease, item, async (_, at) => {
    const operation = idOf(item);
    const since = Math.min(batch_seq, ...item.earlier);
    const noted = removal(dataset.name, { kind: 'rollback', operation, seq: batch_seq, since, snapshot_id: snapshot });
    const table = { committed, removed_seq: batch_seq };
    const more = [await over(ports.ledger, noted)];
    return { item: { ...item, committed_at: at, statement: undefined }, table, more };
  });
}

/** Ends a rollback after gold has followed: gives the table back and wakes what waits. Repeated, it does so again. */
export async function finishRollback(
  ports: UndoPorts,
  { dataset, operation }: RollbackPlan,
  run: string,
): Promise<{ woken: string | null }> {
  const item = await getOperation<RollbackItem>(ports.ledger, operation);
  if (item?.run === run && item.status !== 'done') {
    await writeOperation(ports, {
      ...item,
      status: 'done',
      statement: undefined,
      result: reportedRollback(ports, item),
    });
  }
  await releaseDataset(ports, dataset, operation);
  return { woken: (await endTurn(ports, dataset, run)) ?? null };
}
