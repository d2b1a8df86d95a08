import { tooLarge } from '../athena-failure.ts';
import {
  CommitConflictError,
  ContractError,
  LeaseLostError,
  QueryRejectedError,
  RetryableError,
  StatementRefusedError,
  ThrottledError,
} from '../errors.ts';
import { getFile, updateFile } from '../ledger/files.ts';
import type { BatchItem } from '../ledger/items.ts';
import { batchEnded, batchKey, entriesOf, writeBatch } from '../ledger/table.ts';
import { runInput } from '../pipeline/keys.ts';
import { contentOf } from './batch-content.ts';
import type { LeadPorts, Lease } from './lead.ts';

/** A batch that has failed so often of what should pass by itself is treated as one that fails for good. */
export const maxAttempts = 12;

/**
 * Records what the failure of a batch's statement means and returns the batch to go on with; undefined when its only file
 * is failed for good. What passes by itself gets another attempt: here for a conflict while there is time, else the error
 * is thrown for the workflow to retry. What is nobody's fault (contract, permissions, wrong SQL) is thrown, and the batch
 * waits. All else, and what is too large for Athena, splits the batch until a file is alone; that file's failure is
 * thrown if it is `own`.
 */
export async function failBatch(
  ports: LeadPorts,
  lease: Lease,
  batch: BatchItem,
  error: Error,
  { own, deadline }: { own: string | undefined; deadline: number },
): Promise<BatchItem | undefined> {
  const { ledger, clock } = ports;
  const anew = { status: 'planned', query_id: undefined, sql: undefined } as const;
  if (error instanceof ContractError || error instanceof StatementRefusedError) {
    // A time of its own makes a token of its own: the corrected statement is another one.
    await writeBatch(ledger, clock, lease, { ...batch, ...anew, attempt: 1, planned_at: clock.now().toISOString() });
    throw error;
  }
  if (error instanceof LeaseLostError) throw error;
  const halved = batch.file_ids.length > 1 && tooLarge(error) && !(error instanceof ThrottledError);
  if (error instanceof RetryableError && batch.attempt < maxAttempts && !halved) {
    const next = await writeBatch(ledger, clock, lease, { ...batch, ...anew, attempt: batch.attempt + 1 });
    const pause = clock.random() * Math.min(8000, 250 * 2 ** batch.attempt);
    if (!(error instanceof CommitConflictError) || clock.now().getTime() + pause > deadline) throw error;
    await clock.sleep(pause);
    return next;
  }
  if (batch.file_ids.length > 1) return split(ports, lease, batch);
  await condemn(ports, lease, batch, error, own);
  if (batch.file_ids[0] === own) throw error;
  return undefined;
}

/** Halves a batch: the first half is open in its place, the second comes next and gets its number when it is merged. */
async function split({ ledger, clock }: LeadPorts, lease: Lease, batch: BatchItem): Promise<BatchItem> {
  const entries = await entriesOf(ledger, batch);
  const middle = Math.ceil(entries.length / 2);
  const fresh = { status: 'planned', part: 0, attempt: 1, query_id: undefined, sql: undefined } as const;
  const first = contentOf(entries.slice(0, middle));
  const half: BatchItem = { ...batch, ...fresh, ...first, sk: batchKey(first.to_seq), rev: 0 };
  const rest: BatchItem = { ...batch, ...fresh, ...contentOf(entries.slice(middle)), batch_seq: 0, bytes_scanned: 0 };
  await writeBatch(
    ledger,
    clock,
    lease,
    rest,
    ({ split = [] }) => ({ open_batch: half.to_seq, split: [rest.to_seq, ...split] }),
    [half],
  );
  return { ...half, rev: 1 };
}

/**
 * Ends a batch whose only file cannot be merged. A file of another run, which has handed over long ago, gets a run that
 * fails with the reason: so it is seen, paged and run again like any other. The batch ends last, so that a crash before
 * comes here again.
 */
async function condemn(
  ports: LeadPorts,
  lease: Lease,
  batch: BatchItem,
  error: Error,
  own: string | undefined,
): Promise<void> {
  const { ledger, clock } = ports;
  const id = batch.file_ids[0]!;
  const text = `${error.name}: ${error.message}`;
  const file = await getFile(ledger, id);
  if (id !== own && file !== undefined) {
    const verdict = { name: QueryRejectedError.name, message: error.message };
    await updateFile(ledger, clock, id, () => ({ verdict }));
    await ports.startRun(JSON.stringify(runInput(file)));
  }
  const end: BatchItem = { ...batch, status: 'failed', error: text, sql: undefined };
  await writeBatch(ledger, clock, lease, end, batchEnded);
  // Its state follows from the batch already; the item shows it to whoever lists files.
  await updateFile(ledger, clock, id, (current) =>
    current.status === 'staged' && current.staged_seq! <= batch.to_seq ? { status: 'failed', error: text } : undefined,
  );
}
