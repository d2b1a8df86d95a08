import type { Dataset } from '../contract/dataset.ts';
import { RowConservationError, TerminalError } from '../errors.ts';
import { forgetMarts } from '../gold/forget.ts';
import type { Mart } from '../gold/mart.ts';
import type { FileItem } from '../ledger/items.ts';
import { over, removal } from '../ledger/removed.ts';
import { takeTurn } from '../ledger/turn.ts';
import { ensureTables, type Lake } from '../merge/ensure.ts';
import type { Lease } from '../merge/lead.ts';
import { silverColumns } from '../merge/tables.ts';
import { endTurn, type WakePorts } from '../pipeline/wake.ts';
import { type CurrentPorts, claimDataset, releaseDataset } from './current.ts';
import { getOperation, writeOperation } from './item.ts';
import { type OperationPorts, runStatement, settle } from './statement.ts';
import { mayBeUndone, reported } from './undo-file.ts';
import { begunAnew, type FileUndone, newUndo, type UndoItem, undoId } from './undo-item.ts';
import { checkQuery, type Others, undoStatement } from './undo-statements.ts';
import { candidates, stagesOf, undoText, weigh } from './undo-weigh.ts';
import { waitForTable } from './wait.ts';
import { giveUpNumber, takeNumber, withTable } from './with-table.ts';

export interface UndoPorts extends Lake, OperationPorts, WakePorts, CurrentPorts {
  marts: Mart[];
  /** How long one call may poll running queries before it returns `running`, in milliseconds. */
  pollMilliseconds: number;
}

type Step = { outcome: 'running' | 'done'; item: UndoItem };

/**
 * Takes a file out of silver, as the holder of the table's lease: its rows are replaced by what the other files have for
 * the same identity, or deleted. The commit point is one write of the ledger. Repeated at any point, also by another run,
 * it goes on; if the table was lost to others in between, from the start, since they may have changed what comes back.
 * Keeps the lease for the refresh of gold; finishUndo gives it back. Throws OperationRefusedError with what to do.
 */
export async function undoFile(ports: UndoPorts, dataset: Dataset, fileId: string, run: string): Promise<FileUndone> {
  const { ledger, clock } = ports;
  const deadline = clock.now().getTime() + ports.pollMilliseconds;
  await mayBeUndone(ledger, fileId);
  await claimDataset(ports, dataset.name, { id: undoId(fileId), kind: 'undo', run });
  let item = await open(ports, dataset.name, fileId, run);
  const turn = await takeTurn(ledger, clock, dataset.name, run);
  if ('waitsFor' in turn) return waitForTable(ports, item, turn.waitsFor, 'undo again');
  const { lease } = turn;
  // Once more: it may have been run again while this run waited.
  const file = await mayBeUndone(ledger, fileId);
  if (file.status === 'undone') return { outcome: 'undone', changes: await reported(ports, dataset, item.changes) };

  if (item.token !== lease.token) {
    const settled = await settle(ports, item, deadline);
    if (settled.outcome === 'running') return { outcome: 'running' };
    item = await writeOperation(ports, { ...begunAnew(settled.item, lease.token), waiting_since: undefined });
  }
  const weighed = await weigh(ports, dataset, file, item, deadline);
  if (weighed.outcome === 'running') return { outcome: 'running' };
  item = weighed.item;
  const { owned_rows, back_rows } = item.changes!;
  const changes = await reported(ports, dataset, item.changes);
  // What an earlier statement has done already has to be committed all the same.
  const empty = owned_rows === 0 && back_rows === 0 && item.earlier.length === 0;
  if (empty && file.status !== 'done') return { outcome: 'nothing', changes };
  if (!empty) {
    const merged = await merge(ports, dataset, file, lease, item, deadline);
    if (merged.outcome === 'running') return { outcome: 'running' };
    item = merged.item;
  }
  await ports.catalog.registerQuarantine(dataset.name, fileId, null);
  await commit(ports, dataset, lease, item, run);
  return { outcome: 'undone', changes };
}

/** The operation's item, with this run at it. */
async function open(ports: UndoPorts, dataset: string, fileId: string, run: string): Promise<UndoItem> {
  const known = await getOperation<UndoItem>(ports.ledger, undoId(fileId));
  if (known?.status === 'running' && known.run === run) return known;
  const fresh = newUndo(ports.clock, undoId(fileId), { dataset, file_id: fileId }, run);
  // One that found nothing to take out is followed by another when the file has been merged after all.
  const item = known?.status === 'running' ? known : { ...fresh, rev: known?.rev ?? 0 };
  return writeOperation(ports, { ...item, run, waiting_since: undefined });
}

/** Runs the statements, and checks that silver has no row of the file any more and has those that come back. */
async function merge(
  ports: UndoPorts,
  dataset: Dataset,
  file: FileItem,
  lease: Lease,
  given: UndoItem,
  deadline: number,
): Promise<Step> {
  const text = undoText(ports, dataset, file, given);
  const from = await candidates(ports, given);
  const unknown = new Set(from.flatMap(({ validated }) => validated?.unknown_fields ?? []));
  const evolved = await ensureTables(ports, dataset, [...unknown].sort());
  const others: Others = { stageIds: stagesOf(from), evolved };
  let item = given;
  if (item.batch_seq === undefined) {
    const columns = [...silverColumns(dataset), ...evolved].map(({ name }) => name);
    item = await takeNumber(ports, lease, { ...item, columns }, 'undo');
  }
  const seq = item.batch_seq!;
  const ranges = item.ranges.length === 0 ? [undefined] : item.ranges;
  const what = `taking file ${file.file_id} out of silver.${dataset.name}`;
  for (const [part, range] of ranges.entries()) {
    if (part < item.part) continue;
    const run = async () =>
      runStatement(ports, item, `merge-${part}`, what, undoStatement(text, others, seq, range), deadline);
    const ran = await run().catch(async (error: Error) => {
      const untouched = part === 0 && item.earlier.length === 0;
      if (error instanceof TerminalError && untouched) await giveUpNumber(ports, lease, item);
      throw error;
    });
    if (ran.outcome === 'running') return ran;
    item = await writeOperation(ports, { ...ran.item, part: part + 1 });
  }
  const checked = await runStatement(
    ports,
    item,
    'check',
    `checking what is left of file ${file.file_id}`,
    checkQuery(text, seq),
    deadline,
  );
  if (checked.outcome === 'running') return checked;
  const [row] = await ports.athena.rows(checked.queryId);
  const [left, written] = (row ?? []).map(Number);
  const expected = item.changes!.back_rows;
  if (left === 0 && written === expected) return { outcome: 'done', item: checked.item };
  // Continued, it finds out anew what there is to do, and takes up what it has written itself.
  await writeOperation(ports, begunAnew(checked.item, lease.token));
  throw new RowConservationError(
    `undo of file ${file.file_id} of ${dataset.name}: ${left} of its rows are left in silver, and ${written} of ` +
      `${expected} rows came back; has another program written to the table? Nothing is recorded as undone: undo again`,
  );
}

/** The commit point: the file is undone, and the table is what it is now, or neither. */
async function commit(ports: UndoPorts, dataset: Dataset, lease: Lease, item: UndoItem, run: string): Promise<void> {
  // What had been committed before the table was lost to others may be in marts whose numbers do not tell of it.
  if (item.earlier.length > 0) await forgetMarts(ports, dataset.name);
  const snapshot = await ports.catalog.currentSnapshot(ports.databases.silver, dataset.name);
  const { batch_seq, columns } = item;
  await withTable(ports, lease, item, async (table, at) => {
    // A file that has been run again meanwhile is not undone.
    const file = await mayBeUndone(ports.ledger, item.file_id);
    const out = { ...file, status: 'undone', undone_at: at, undone_by: run, rolled_back: undefined, error: undefined };
    const seq = batch_seq ?? table.committed?.batch_seq ?? 0;
    const noted = removal(dataset.name, {
      kind: 'undo',
      operation: undoId(item.file_id),
      seq,
      since: Math.min(seq, ...item.earlier),
      snapshot_id: snapshot,
      file: { file_id: item.file_id, was: file.status },
    });
    const more = [{ ...out, updated_at: at } as FileItem, await over(ports.ledger, noted)];
    if (batch_seq === undefined || snapshot === null) return { item, table: {}, more };
    const committed = { ...table.committed, snapshot_id: snapshot, batch_seq, columns };
    return { item, table: { committed, removed_seq: batch_seq }, more };
  });
}

/** Ends an undo after gold has followed: gives the table back and wakes what waits. Repeated, it does so again. */
export async function finishUndo(
  ports: UndoPorts,
  dataset: Dataset,
  fileId: string,
  run: string,
): Promise<{ woken: string | null }> {
  const item = await getOperation<UndoItem>(ports.ledger, undoId(fileId));
  if (item?.run === run && item.status !== 'done') {
    await writeOperation(ports, { ...item, status: 'done', statement: undefined, result: item.changes });
  }
  await releaseDataset(ports, dataset.name, undoId(fileId));
  return { woken: (await endTurn(ports, dataset.name, run)) ?? null };
}
