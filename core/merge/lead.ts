import { queryFailure } from '../athena-failure.ts';
import type { Dataset } from '../contract/dataset.ts';
import { RetryableError } from '../errors.ts';
import type { BatchItem, StagedItem, TableItem } from '../ledger/items.ts';
import type { LedgerStore } from '../ledger/store.ts';
import { batchKey, getTable, lead, release, renew, waiting, writeBatch } from '../ledger/table.ts';
import { clientToken, poll } from '../run-query.ts';
import { ensureTables, type Lake } from './ensure.ts';
import { limits, planBatch } from './plan.ts';
import { mergeStatement } from './statements.ts';

export interface LeadPorts extends Lake {
  ledger: LedgerStore;
  /** Sorted partitions of a staged file, read from its profile. */
  partitionsOf(item: StagedItem): Promise<string[]>;
  /** How long one call may poll a running query before it returns `running`, in milliseconds. */
  pollMilliseconds: number;
}

export type LeadOutcome =
  | { outcome: 'handed_over'; leader: string }
  | { outcome: 'running'; batch: BatchItem }
  | { outcome: 'merged'; batch: BatchItem };

export interface Lease {
  name: string;
  run: string;
  token: number;
}

/**
 * One step of leading a table: takes or renews the lease, resumes the open batch or plans one of all staged files, and
 * brings its MERGE as far as the time allows. `merged` while there is a merged batch that is not yet done; a run that
 * cannot lead, or finds nothing to do, hands over. Repeating it resumes: the ledger knows the batch, its statement and
 * its query. Throws what a failed query means; a batch that failed for good is recorded as failed with its files.
 */
export async function leadTable(ports: LeadPorts, dataset: Dataset, run: string): Promise<LeadOutcome> {
  const led = await lead(ports.ledger, ports.clock, dataset.name, run);
  if ('leader' in led) return { outcome: 'handed_over', leader: led.leader };
  const lease: Lease = { name: dataset.name, run, token: led.table.token };
  let batch = await openBatch(ports.ledger, led.table);
  batch ??= await plan(ports, lease, led.table);
  if (batch === undefined) {
    const free = await release(ports.ledger, ports.clock, dataset.name, run);
    return free ? { outcome: 'handed_over', leader: run } : leadTable(ports, dataset, run);
  }
  if (batch.status === 'merged') return { outcome: 'merged', batch };
  return merge(ports, dataset, lease, batch);
}

async function openBatch(ledger: LedgerStore, table: TableItem): Promise<BatchItem | undefined> {
  if (table.open_batch === undefined) return undefined;
  return ledger.get<BatchItem>(table.pk, batchKey(table.open_batch));
}

async function plan(ports: LeadPorts, lease: Lease, table: TableItem): Promise<BatchItem | undefined> {
  const staged = await waiting(ports.ledger, table, limits.files);
  const { files, ranges } = await planBatch(staged, ports.partitionsOf);
  if (files.length === 0) return undefined;
  const to = files.at(-1)!.staged_seq;
  const batchSeq = table.batch_seq + 1;
  const batch: BatchItem = {
    pk: table.pk,
    sk: batchKey(to),
    rev: 0,
    from_seq: files[0]!.staged_seq,
    to_seq: to,
    batch_seq: batchSeq,
    status: 'planned',
    run: lease.run,
    file_ids: files.map((file) => file.file_id),
    stage_ids: files.map((file) => file.stage_id),
    rows: files.reduce((sum, file) => sum + file.rows, 0),
    ranges,
    bounds: boundsOf(files),
    part: 0,
    attempt: 1,
    bytes_scanned: 0,
    planned_at: ports.clock.now().toISOString(),
  };
  return writeBatch(ports.ledger, ports.clock, lease, batch, () => ({
    planned_seq: to,
    batch_seq: batchSeq,
    open_batch: to,
  }));
}

/** First and last partition that the files write to; undefined when one does not list them. */
function boundsOf(files: StagedItem[]): { from: string; to: string } | undefined {
  if (files.some((file) => file.partitions.length === 0)) return undefined;
  const partitions = files.flatMap((file) => file.partitions).sort();
  return { from: partitions[0]!, to: partitions.at(-1)! };
}

async function merge(ports: LeadPorts, dataset: Dataset, lease: Lease, planned: BatchItem): Promise<LeadOutcome> {
  const deadline = ports.clock.now().getTime() + ports.pollMilliseconds;
  let batch = planned;
  if (batch.query_id === undefined) await ensureTables(ports, dataset);
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
    if (status.state !== 'succeeded')
      throw await failed(ports, lease, batch, queryFailure(`MERGE into silver.${lease.name}`, batch.query_id!, status));
    if (batch.part + 1 < batch.ranges.length) {
      const next: BatchItem = {
        ...batch,
        part: batch.part + 1,
        status: 'planned',
        query_id: undefined,
        sql: undefined,
      };
      batch = await writeBatch(ports.ledger, ports.clock, lease, next);
      continue;
    }
    return { outcome: 'merged', batch: await commit(ports, lease, batch) };
  }
}

/**
 * The intent, with statement and token, is in the ledger before the query starts: after a crash in between, the same
 * token and text give the same query.
 */
async function submit(ports: LeadPorts, dataset: Dataset, lease: Lease, batch: BatchItem): Promise<BatchItem> {
  let intent = batch;
  if (batch.status !== 'submitted' || batch.sql === undefined) {
    const sql = mergeStatement(ports.files, dataset, ports.databases, {
      stageIds: batch.stage_ids,
      batchSeq: batch.batch_seq,
      range: batch.ranges[batch.part],
      bounds: batch.bounds,
    });
    const token = clientToken(lease.name, batch.sk, batch.planned_at, batch.part, batch.attempt);
    intent = await writeBatch(ports.ledger, ports.clock, lease, {
      ...batch,
      status: 'submitted',
      sql,
      client_token: token,
    });
  }
  const queryId = await ports.athena.start(intent.sql!, intent.client_token!);
  return writeBatch(ports.ledger, ports.clock, lease, { ...intent, query_id: queryId });
}

/** Records what the failure means: another attempt for what passes by itself, the end of the batch for what does not. */
async function failed(ports: LeadPorts, lease: Lease, batch: BatchItem, error: Error): Promise<Error> {
  if (error instanceof RetryableError) {
    const next: BatchItem = {
      ...batch,
      status: 'planned',
      attempt: batch.attempt + 1,
      query_id: undefined,
      sql: undefined,
    };
    await writeBatch(ports.ledger, ports.clock, lease, next);
    return error;
  }
  const text = `${error.name}: ${error.message}`;
  await writeBatch(ports.ledger, ports.clock, lease, { ...batch, status: 'failed', error: text }, () => ({
    open_batch: undefined,
  }));
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
  const committed = snapshot === null ? undefined : { snapshot_id: snapshot, batch_seq: batch.batch_seq };
  return writeBatch(ports.ledger, ports.clock, lease, merged, (table) => ({
    committed: committed ?? table.committed,
    led: table.led + 1,
  }));
}

/**
 * The merged batch that this run has still to bring to gold and to the metrics; undefined when it leads no more (another
 * run took over and does it) or has none. Renews the lease.
 */
export async function mergedBatch(
  ports: Pick<LeadPorts, 'ledger' | 'clock'>,
  dataset: string,
  run: string,
): Promise<{ lease: Lease; batch: BatchItem } | undefined> {
  const { ledger, clock } = ports;
  const table = await getTable(ledger, dataset);
  if (table.owner !== run) return undefined;
  const renewed = await renew(ledger, clock, dataset, run, table.token);
  const batch = await openBatch(ledger, renewed);
  if (batch?.status !== 'merged') return undefined;
  return { lease: { name: dataset, run, token: renewed.token }, batch };
}
