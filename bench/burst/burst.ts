import type { Stack } from '../../aws/stack.ts';
import type { BatchItem, FileItem } from '../../core/ledger/items.ts';
import type { LedgerStore } from '../../core/ledger/store.ts';
import { type Landed, land } from './files.ts';
import { batchesBehind, queueEnd, type Runs, settled } from './outcome.ts';

export interface Burst {
  files: FileItem[];
  batches: BatchItem[];
  /** From the first upload until the last file is in gold. */
  seconds: number;
  /** Of each file, from its LastModified, which has whole seconds, until it is in gold. */
  dropToGold: number[];
}

/** What has been dropped, and since when and from which place of the queue on to look for it. */
export interface Dropped {
  landed: Landed[];
  since: Date;
  after: number;
}

/** Drops all files at once. */
export async function drop(
  stack: Stack,
  ledger: LedgerStore,
  files: { key: string; text: string }[],
): Promise<Dropped> {
  const after = await queueEnd(ledger, 'orders');
  const since = new Date();
  return { landed: await land(stack.landingBucket, files), since, after };
}

/** Waits until all dropped files have come to an end; throws, saying how many have not, after `patience` seconds. */
export async function outcome(
  ledger: LedgerStore,
  { landed, since, after }: Dropped,
  patience: number,
): Promise<Burst> {
  const ids = landed.map(({ file_id }) => file_id);
  const files = await settled(ledger, ids, patience);
  const took = (from: number, file: FileItem) => (Date.parse(file.updated_at) - from) / 1000;
  return {
    files,
    batches: (await batchesBehind(ledger, 'orders', after)).filter(({ status }) => status === 'done'),
    seconds: Math.max(...files.map((file) => took(since.getTime(), file))),
    dropToGold: files.map((file) => took(Date.parse(file.last_modified), file)),
  };
}

/** Files that all MERGEs together had, by MERGE. */
export const filesAMerge = ({ files, batches }: Burst): number => files.length / batches.length;

/** One line: what the burst took, and what its runs did. */
export function describeBurst(burst: Burst, runs: Runs): string {
  const { files, batches, seconds } = burst;
  const errors = Object.entries(runs.errors).map(([error, count]) => `${count} ${error}`);
  return [
    `${files.length} files in ${batches.length} MERGEs (${batches.map(({ file_ids }) => file_ids.length).join(', ')})`,
    `${runs.runs} runs, ${runs.transitions} state transitions, ${runs.retries} retries${errors.length > 0 ? ` (${errors.join(', ')})` : ''}`,
    `${seconds.toFixed(0)} s`,
  ].join('; ');
}
