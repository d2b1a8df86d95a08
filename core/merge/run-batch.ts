import { queryFailure } from '../athena-failure.ts';
import type { Dataset } from '../contract/dataset.ts';
import { RetryableError, TerminalError } from '../errors.ts';
import { updateFile } from '../ledger/files.ts';
import type { BatchItem } from '../ledger/items.ts';
import { renew, writeBatch } from '../ledger/table.ts';
import { clientToken, poll } from '../run-query.ts';
import { ensureTables } from './ensure.ts';
import type { LeadPorts, Lease } from './lead.ts';
import { mergeStatement } from './statements.ts';
import { silverColumns } from './tables.ts';

/** A batch that has failed so often of what should pass by itself makes way for those behind it. */
export const maxAttempts = 12;

/**
 * Brings an open batch as far as the time allows: starts its statement or finds it started, waits, and commits. Throws
 * what a failed query means; a batch that failed for good is recorded as failed with its files, and the table is free
 * for the next.
 */
export async function runBatch(
  ports: LeadPorts,
  dataset: Dataset,
  lease: Lease,
  planned: BatchItem,
): Promise<{ outcome: 'running' | 'merged'; batch: BatchItem }> {
  const deadline = ports.clock.now().getTime() + ports.pollMilliseconds;
  let batch = planned;
  for (;;) {
    if (batch.query_id === undefined) batch = await submit(ports, dataset, lease, batch);
    const slice = Math.min(30_000, Math.max(0, deadline - ports.clock.now().getTime()));
    const status = await poll(ports.athena, ports.clock, batch.query_id!, slice);
    if (status.state === 'running') {
      await renew(ports.ledger, ports.clock, lease.name, lease.run, lease.token);
      if (ports.clock.now().getTime() >= deadline - 2000) return { outcome: 'running', batch };
      continue;
    }
    batch = { ...batch, bytes_scanned: batch.bytes_scanned + status.bytesScanned };
    if (status.state !== 'succeeded') {
      const files = `${batch.file_ids.slice(0, 3).join(', ')}${batch.file_ids.length > 3 ? ', …' : ''}`;
      const what = `MERGE of ${batch.file_ids.length} files (${files}) into silver.${lease.name}`;
      throw await failed(ports, lease, batch, queryFailure(what, batch.query_id!, status));
    }
    if (batch.part + 1 >= batch.ranges.length) return { outcome: 'merged', batch: await commit(ports, lease, batch) };
    const next: BatchItem = { ...batch, part: batch.part + 1, status: 'planned', query_id: undefined, sql: undefined };
    batch = await writeBatch(ports.ledger, ports.clock, lease, next);
  }
}

/**
 * The intent, with statement and token, is in the ledger before the query starts: after a crash in between, the same
 * token and text give the same query. A statement that cannot be made, or that Athena refuses at once, fails the batch.
 */
async function submit(ports: LeadPorts, dataset: Dataset, lease: Lease, batch: BatchItem): Promise<BatchItem> {
  let intent = batch;
  try {
    const evolved = await ensureTables(ports, dataset, batch.unknown_fields ?? []);
    if (batch.status !== 'submitted' || batch.sql === undefined) {
      const sql = mergeStatement(ports.files, dataset, ports.databases, {
        stageIds: batch.stage_ids,
        batchSeq: batch.batch_seq,
        range: batch.ranges[batch.part],
        bounds: batch.bounds,
        evolved,
      });
      const token = clientToken(lease.name, batch.sk, batch.planned_at, batch.part, batch.attempt);
      const columns = [...silverColumns(dataset), ...evolved].map(({ name }) => name);
      const submitted: BatchItem = { ...batch, status: 'submitted', sql, client_token: token, columns };
      intent = await writeBatch(ports.ledger, ports.clock, lease, submitted);
    }
    const queryId = await ports.athena.start(intent.sql!, intent.client_token!);
    return await writeBatch(ports.ledger, ports.clock, lease, { ...intent, query_id: queryId });
  } catch (error) {
    if (error instanceof TerminalError) await failed(ports, lease, intent, error);
    throw error;
  }
}

/** Records what the failure means: another attempt for what passes by itself, the end of the batch for what does not. */
async function failed(ports: LeadPorts, lease: Lease, batch: BatchItem, error: Error): Promise<Error> {
  const { ledger, clock } = ports;
  if (error instanceof RetryableError && batch.attempt < maxAttempts) {
    const again = { status: 'planned', attempt: batch.attempt + 1, query_id: undefined, sql: undefined } as const;
    await writeBatch(ledger, clock, lease, { ...batch, ...again });
    return error;
  }
  const text = `${error.name}: ${error.message}`;
  const end: BatchItem = { ...batch, status: 'failed', error: text, sql: undefined };
  await writeBatch(ledger, clock, lease, end, () => ({ open_batch: undefined }));
  // Their state follows from the batch already; the item shows it to whoever lists files.
  for (const id of batch.file_ids) {
    await updateFile(ledger, clock, id, (file) =>
      file.status === 'staged' && file.staged_seq! <= batch.to_seq ? { status: 'failed', error: text } : undefined,
    );
  }
  return error;
}

/** The commit point: one conditional write makes every file of the batch merged. */
async function commit(ports: LeadPorts, lease: Lease, batch: BatchItem): Promise<BatchItem> {
  const snapshot = await ports.catalog.currentSnapshot(ports.databases.silver, lease.name);
  const merged: BatchItem = {
    ...batch,
    status: 'merged',
    snapshot_id: snapshot ?? undefined,
    merged_at: ports.clock.now().toISOString(),
    sql: undefined,
  };
  const { batch_seq, columns } = batch;
  const committed = snapshot === null ? undefined : { snapshot_id: snapshot, batch_seq, columns };
  return writeBatch(ports.ledger, ports.clock, lease, merged, (table) => ({
    committed: committed ?? table.committed,
    led: table.led + 1,
  }));
}
