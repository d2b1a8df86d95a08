import { queryFailure } from '../athena-failure.ts';
import type { Dataset } from '../contract/dataset.ts';
import { QueryRejectedError, StatementRefusedError, TerminalError } from '../errors.ts';
import type { BatchItem } from '../ledger/items.ts';
import { held, renew, writeBatch } from '../ledger/table.ts';
import { clientToken, poll } from '../run-query.ts';
import { ensureTables } from './ensure.ts';
import type { EvolvedColumn } from './evolve.ts';
import { failBatch } from './fail-batch.ts';
import type { LeadPorts, Lease } from './lead.ts';
import { mergeStatement } from './statements.ts';
import { identity, silverColumns } from './tables.ts';

export type BatchOutcome =
  | { outcome: 'running' | 'merged'; batch: BatchItem }
  /** It has ended without a merge: its only file is failed, and what comes next is the next batch. */
  | { outcome: 'failed' };

/**
 * Brings an open batch as far as the deadline allows: starts its statement or finds it started, waits, and commits. A
 * batch that fails for good is split, and goes on with its first part, until the file to blame is alone. Throws what a
 * failed query means when that passes by itself, when no file is to blame, or when the file to blame is `own`.
 */
export async function runBatch(
  ports: LeadPorts,
  dataset: Dataset,
  lease: Lease,
  planned: BatchItem,
  { own, deadline }: { own: string | undefined; deadline: number },
): Promise<BatchOutcome> {
  let batch = planned;
  const goOn = (failed: BatchItem, error: Error) => failBatch(ports, lease, failed, error, { own, deadline });
  for (;;) {
    if (batch.query_id === undefined) {
      const { started, refused } = await submit(ports, dataset, lease, batch);
      const next = refused === undefined ? started : await goOn(started, refused);
      if (next === undefined) return { outcome: 'failed' };
      batch = next;
      continue;
    }
    const slice = Math.min(30_000, Math.max(0, deadline - ports.clock.now().getTime()));
    const status = await poll(ports.athena, ports.clock, batch.query_id, slice);
    if (status.state === 'running') {
      await renew(ports.ledger, ports.clock, lease.name, lease.run, lease.token);
      if (ports.clock.now().getTime() >= deadline - 2000) return { outcome: 'running', batch };
      continue;
    }
    batch = { ...batch, bytes_scanned: batch.bytes_scanned + status.bytesScanned };
    if (status.state !== 'succeeded') {
      const files = `${batch.file_ids.slice(0, 3).join(', ')}${batch.file_ids.length > 3 ? ', …' : ''}`;
      const what = `MERGE of ${batch.file_ids.length} files (${files}) into silver.${lease.name}`;
      const next = await goOn(batch, queryFailure(what, batch.query_id!, status));
      if (next === undefined) return { outcome: 'failed' };
      batch = next;
      continue;
    }
    if (batch.part + 1 >= batch.ranges.length)
      return { outcome: 'merged', batch: await commit(ports, dataset, lease, batch) };
    const next: BatchItem = { ...batch, part: batch.part + 1, status: 'planned', query_id: undefined, sql: undefined };
    batch = await writeBatch(ports.ledger, ports.clock, lease, next);
  }
}

/**
 * The intent, with statement and token, is in the ledger before the query starts: after a crash in between, the same
 * token and text give the same query. `refused`: the statement cannot be made, or Athena refuses it at once.
 */
async function submit(
  ports: LeadPorts,
  dataset: Dataset,
  lease: Lease,
  batch: BatchItem,
): Promise<{ started: BatchItem; refused?: TerminalError }> {
  let intent = batch;
  try {
    const evolved = await tablesFor(ports, dataset, batch);
    if (batch.status !== 'submitted' || batch.sql === undefined)
      intent = await intend(ports, dataset, lease, batch, evolved);
    const queryId = await ports.athena.start(intent.sql!, intent.client_token!);
    return { started: await writeBatch(ports.ledger, ports.clock, lease, { ...intent, query_id: queryId }) };
  } catch (error) {
    if (error instanceof TerminalError) return { started: intent, refused: error };
    throw error;
  }
}

/** Without fields of the files' own, it is no file's fault when Athena refuses to make or alter a table. */
async function tablesFor(ports: LeadPorts, dataset: Dataset, batch: BatchItem): Promise<EvolvedColumn[]> {
  const unknown = batch.unknown_fields ?? [];
  try {
    return await ensureTables(ports, dataset, unknown);
  } catch (error) {
    if (!(error instanceof QueryRejectedError) || unknown.length > 0) throw error;
    throw new StatementRefusedError(error.message, { cause: error });
  }
}

async function intend(
  ports: LeadPorts,
  dataset: Dataset,
  lease: Lease,
  batch: BatchItem,
  evolved: EvolvedColumn[],
): Promise<BatchItem> {
  const { ledger, clock } = ports;
  // What is merged last has the greatest number, since marts go by it; parts of a split batch are merged out of turn.
  const { batch_seq: greatest } = await held(ledger, lease.name, lease.run, lease.token);
  const batchSeq = batch.batch_seq === greatest ? greatest : greatest + 1;
  const sql = mergeStatement(ports.files, dataset, ports.databases, {
    stageIds: batch.stage_ids,
    batchSeq,
    range: batch.ranges[batch.part],
    bounds: batch.bounds,
    evolved,
  });
  const { sk, from_seq, planned_at, part, attempt } = batch;
  const token = clientToken(lease.name, sk, from_seq, batchSeq, planned_at, part, attempt);
  const columns = [...silverColumns(dataset), ...evolved].map(({ name }) => name);
  const submitted: BatchItem = {
    ...batch,
    batch_seq: batchSeq,
    status: 'submitted',
    sql,
    client_token: token,
    columns,
  };
  return writeBatch(ledger, clock, lease, submitted, () => ({ batch_seq: batchSeq }));
}

/** The commit point: one conditional write makes every file of the batch merged. */
async function commit(ports: LeadPorts, dataset: Dataset, lease: Lease, batch: BatchItem): Promise<BatchItem> {
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
    identity: identity(dataset),
    led: table.led + 1,
  }));
}
