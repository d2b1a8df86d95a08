import { setTimeout as sleep } from 'node:timers/promises';
import { executionHistory, listExecutions } from '../../aws/executions.ts';
import type { BatchItem, FileItem } from '../../core/ledger/items.ts';
import type { LedgerStore } from '../../core/ledger/store.ts';
import { batchKey, getTable, tableKey } from '../../core/ledger/table.ts';

/** Batches of a table planned behind sequence number `after`, oldest first. */
export const batchesBehind = (ledger: LedgerStore, table: string, after: number): Promise<BatchItem[]> =>
  ledger.query<BatchItem>(tableKey(table), { from: batchKey(after + 1), to: 'batch#~' });

/** Where the table's queue ends now: what is staged from here on is of the burst. */
export const queueEnd = async (ledger: LedgerStore, table: string): Promise<number> =>
  (await getTable(ledger, table)).staged_seq;

const settledStates = new Set<FileItem['status']>(['done', 'rejected', 'failed']);

/** Waits until every file is done, refused or failed; throws, saying how many are not, after `seconds`. */
export async function settled(ledger: LedgerStore, fileIds: string[], seconds: number): Promise<FileItem[]> {
  const deadline = Date.now() + seconds * 1000;
  const found = new Map<string, FileItem>();
  let open = fileIds;
  for (;;) {
    const items = await ledger.getMany<FileItem>(open.map((id) => ({ pk: `file#${id}`, sk: 'file' })));
    for (const item of items) if (settledStates.has(item.status)) found.set(item.file_id, item);
    open = fileIds.filter((id) => !found.has(id));
    if (open.length === 0) return fileIds.map((id) => found.get(id)!);
    if (Date.now() > deadline) {
      const one = items.find(({ file_id }) => file_id === open[0]);
      const say = one === undefined ? `${open[0]} is not in the ledger` : `${open[0]} is ${one.status} (${one.error})`;
      throw new Error(`${open.length} of ${fileIds.length} files are not done after ${seconds} s: ${say}`);
    }
    // Asking for a thousand files must not be what they wait for.
    await sleep(Math.max(500, 5 * open.length));
  }
}

export interface Runs {
  runs: number;
  failed: number;
  /** States entered, and attempts after the first: what Step Functions bills. */
  transitions: number;
  retries: number;
  /** Attempts that failed, by error. */
  errors: Record<string, number>;
}

/** Counts what the runs started since then did, from their histories. */
export async function runsSince(machineArn: string, since: Date): Promise<Runs> {
  const counted: Runs = { runs: 0, failed: 0, transitions: 0, retries: 0, errors: {} };
  for await (const run of listExecutions(machineArn)) {
    // They come by the time at which they ended: one that began earlier may be listed before those that count.
    if ((run.stoppedAt ?? run.startedAt) < since) break;
    if (run.startedAt < since) continue;
    counted.runs += 1;
    if (run.status !== 'SUCCEEDED') counted.failed += 1;
    let scheduled = 0;
    let tasks = 0;
    for (const event of await executionHistory(run.arn)) {
      if (event.type.endsWith('StateEntered')) counted.transitions += 1;
      if (event.type === 'TaskStateEntered') tasks += 1;
      if (/^(Task|LambdaFunction)Scheduled$/.test(event.type)) scheduled += 1;
      if (/^(Task|LambdaFunction)(Failed|TimedOut|StartFailed|SubmitFailed)$/.test(event.type)) {
        const error = event.error ?? 'States.Timeout';
        counted.errors[error] = (counted.errors[error] ?? 0) + 1;
      }
    }
    counted.retries += Math.max(0, scheduled - tasks);
  }
  counted.transitions += counted.retries;
  return counted;
}

/** The value below which a share of the numbers lies. */
export function quantile(numbers: number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
