import type { BatchItem, TableItem } from '../ledger/items.ts';
import { batchKey, getTable, isIdle } from '../ledger/table.ts';
import { releaseLeaseOf, wakeStaged } from '../pipeline/wake.ts';
import type { SweepOptions, SweepPorts } from './ports.ts';
import type { TableFinding } from './report.ts';
import { endedBadly, isRunning } from './runs.ts';

export interface TableState {
  table: string;
  /** Somebody leads, and its batches go on. */
  moves: boolean;
  /** A run of which nobody had been told that it failed. */
  reported?: string;
  /** What was done about its lease. */
  finding?: TableFinding;
}

/** Files that are staged and not done, those of the open batch and of the parts of a split one included. */
export async function waitingCount(ports: Pick<SweepPorts, 'ledger'>, table: TableItem): Promise<number> {
  const batches = [...(table.open_batch === undefined ? [] : [table.open_batch]), ...(table.split ?? [])];
  const items = await ports.ledger.getMany<BatchItem>(batches.map((to) => ({ pk: table.pk, sk: batchKey(to) })));
  const open = items.reduce((sum, batch) => sum + batch.file_ids.length, 0);
  return open + table.staged_seq - table.planned_seq;
}

/** Whether a table's batches go on; a lease whose holder is gone is given back, and its failure reported. */
export async function lookAtTable(
  ports: SweepPorts,
  options: SweepOptions,
  name: string,
  now: Date,
): Promise<TableState> {
  const table = await getTable(ports.ledger, name);
  const { owner } = table;
  if (owner === undefined) return { table: name, moves: false };
  const run = await ports.runs.describe(owner);
  if (isRunning(run))
    return { table: name, moves: !isIdle(table, ports.clock) && (await batchMoves(ports, table, options, now)) };
  const ended =
    run === undefined ? Number.POSITIVE_INFINITY : now.getTime() - (run.stoppedAt ?? run.startedAt).getTime();
  // A run that has just ended is about to give its lease back, or whoever reports it is.
  if (ended <= options.graceMilliseconds) return { table: name, moves: !isIdle(table, ports.clock) };
  const waiting = await waitingCount(ports, table);
  const what = `the lease was held by a run that ${run === undefined ? 'is gone' : `has ended (${run.status})`}`;
  const finding = { table: name, waiting, what, run: owner };
  if (options.dryRun) return { table: name, moves: false, finding, ...(endedBadly(run) && { reported: owner }) };
  if (endedBadly(run)) {
    await ports.failures.note(owner);
    return { table: name, moves: false, finding, reported: owner };
  }
  await releaseLeaseOf(ports, ports.marts, name, owner, false);
  return { table: name, moves: false, finding };
}

/** A batch that was planned long ago and is still open does not. */
async function batchMoves(ports: SweepPorts, table: TableItem, options: SweepOptions, now: Date): Promise<boolean> {
  if (table.open_batch === undefined) return true;
  const batch = await ports.ledger.get<BatchItem>(table.pk, batchKey(table.open_batch));
  const last = batch?.merged_at ?? batch?.planned_at;
  return last === undefined || now.getTime() - Date.parse(last) <= options.stuckMilliseconds;
}

export const waitsForRun = 'files wait and nobody leads';

/** Starts a run for a table on which files wait while nobody leads. Undefined when there is nothing to be done. */
export async function wakeTable(
  ports: SweepPorts,
  options: SweepOptions,
  name: string,
): Promise<TableFinding | undefined> {
  const table = await getTable(ports.ledger, name);
  const waiting = await waitingCount(ports, table);
  if (waiting === 0 || !isIdle(table, ports.clock)) return undefined;
  const what = waitsForRun;
  if (options.dryRun) return { table: name, waiting, what };
  const run = await wakeStaged(ports, name);
  return { table: name, waiting, what, ...(run !== undefined && { run }) };
}
