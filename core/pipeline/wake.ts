import { releaseMart } from '../gold/lease.ts';
import { getFile } from '../ledger/files.ts';
import type { BatchItem, FileItem, TableItem } from '../ledger/items.ts';
import { type Clock, type LedgerStore, withRetries } from '../ledger/store.ts';
import { batchKey, getTable, isIdle, release, waiting } from '../ledger/table.ts';
import { reservedFor } from '../ledger/turn.ts';
import { runInput } from './keys.ts';

export interface WakePorts {
  ledger: LedgerStore;
  clock: Clock;
  /** Starts a run of `ingest` and returns its ARN. */
  startRun(input: string): Promise<string>;
}

/**
 * Starts a run for a file that waits while nobody leads: one of the open batch, else the oldest staged one. Files whose
 * own run has failed are left to be re-run by a person, so that failing runs do not wake each other for ever. Returns
 * the run's ARN, or undefined when nothing waits. One run too many does no harm: it hands over.
 */
export async function wakeNext(ports: WakePorts, dataset: string, besides?: string): Promise<string | undefined> {
  return wakeOne(ports, dataset, (file) => file.error === undefined && file.run !== besides, besides);
}

/**
 * Starts a run for the oldest file that waits while nobody leads, whatever became of its own run: for a sweep, which
 * comes seldom enough. Returns the run's ARN, or undefined when nothing waits.
 */
export async function wakeStaged(ports: WakePorts, dataset: string): Promise<string | undefined> {
  return wakeOne(ports, dataset, () => true);
}

async function wakeOne(ports: WakePorts, dataset: string, may: (file: FileItem) => boolean, run = '') {
  const { ledger, clock } = ports;
  const table = await getTable(ledger, dataset);
  // Whoever has the next turn wakes what waits when it is done, or what is in its way.
  if (!isIdle(table, clock) || reservedFor(table, clock, run) !== undefined) return undefined;
  for await (const fileId of waitingFiles(ledger, table)) {
    const file = await getFile(ledger, fileId);
    // One that is done, in a batch that is not, is all that is left of its run.
    if ((file?.status === 'staged' || file?.status === 'done') && may(file))
      return ports.startRun(JSON.stringify(runInput(file)));
  }
  return undefined;
}

async function* waitingFiles(ledger: LedgerStore, table: TableItem): AsyncGenerator<string> {
  const open = table.open_batch === undefined ? [] : [table.open_batch];
  for (const batch of [...open, ...(table.split ?? [])]) {
    yield* (await ledger.get<BatchItem>(table.pk, batchKey(batch)))?.file_ids ?? [];
  }
  let page = await waiting(ledger, table, 50);
  while (page.length > 0) {
    yield* page.map((item) => item.file_id);
    page = await waiting(ledger, table, 50, page.at(-1)!.staged_seq);
  }
}

/**
 * Gives back every lease that a failed run holds and, unless told otherwise, wakes the next run if nobody leads now.
 * Repeated after a crash it wakes all the same. Returns the ARN of the run it woke, if any.
 */
export async function releaseLeaseOf(
  ports: WakePorts,
  marts: string[],
  dataset: string,
  run: string,
  wake = true,
): Promise<string | undefined> {
  for (const mart of marts) await releaseMart(ports, mart, run);
  await letGo(ports, dataset, run);
  return wake ? wakeNext(ports, dataset, run) : undefined;
}

/** Gives back the lease that an operation took, or the turn that it reserved, and wakes what waits meanwhile. */
export async function endTurn(ports: WakePorts, dataset: string, run: string): Promise<string | undefined> {
  await letGo(ports, dataset, run);
  return wakeNext(ports, dataset, run);
}

async function letGo({ ledger, clock }: WakePorts, dataset: string, run: string): Promise<void> {
  await release(ledger, clock, dataset, run, true);
  await withRetries(clock, async () => {
    const table = await getTable(ledger, dataset);
    if (table.turn?.run === run) await ledger.write([{ ...table, turn: undefined } as TableItem]);
  });
}
