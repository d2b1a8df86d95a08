import { getFile } from '../ledger/files.ts';
import type { BatchItem, FileItem, MartItem } from '../ledger/items.ts';
import { type Clock, type LedgerStore, withRetries } from '../ledger/store.ts';
import { batchKey, getTable, release, waiting } from '../ledger/table.ts';
import { runInput } from './keys.ts';

export interface WakePorts {
  ledger: LedgerStore;
  clock: Clock;
  /** Starts a run of `ingest` and returns its ARN. */
  startRun(input: string): Promise<string>;
}

/**
 * Starts a run for a file that waits for a leader: one of the open batch, else the oldest staged one. Files whose own
 * run has failed are left to be re-run by a person, so that failing runs do not wake each other for ever. Returns the
 * run's ARN, or undefined when nothing waits.
 */
export async function wakeNext(ports: WakePorts, dataset: string, besides?: string): Promise<string | undefined> {
  const table = await getTable(ports.ledger, dataset);
  const batch =
    table.open_batch === undefined
      ? undefined
      : await ports.ledger.get<BatchItem>(table.pk, batchKey(table.open_batch));
  const staged = await waiting(ports.ledger, table, 50);
  for (const fileId of [...(batch?.file_ids ?? []), ...staged.map((item) => item.file_id)]) {
    const file = await getFile(ports.ledger, fileId);
    if (file !== undefined && mayWake(file, besides)) return ports.startRun(JSON.stringify(runInput(file)));
  }
  return undefined;
}

const mayWake = (file: FileItem, besides: string | undefined) =>
  file.status === 'staged' && file.error === undefined && file.run !== besides;

/**
 * Gives back every lease that a failed run holds and wakes the next run. Returns the ARN of the run it woke, if any.
 */
export async function releaseLeaseOf(
  ports: WakePorts,
  marts: string[],
  dataset: string,
  run: string,
): Promise<string | undefined> {
  for (const mart of marts) await releaseMart(ports, mart, run);
  const table = await getTable(ports.ledger, dataset);
  if (table.owner !== run) return undefined;
  await release(ports.ledger, ports.clock, dataset, run, true);
  return wakeNext(ports, dataset, run);
}

async function releaseMart({ ledger, clock }: WakePorts, mart: string, run: string): Promise<void> {
  await withRetries(clock, async () => {
    const item = await ledger.get<MartItem>(`mart#${mart}`, 'state');
    if (item?.owner !== run) return;
    await ledger.write([{ ...item, owner: undefined, expires_at: undefined } as MartItem]);
  });
}
