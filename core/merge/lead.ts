import type { Dataset } from '../contract/dataset.ts';
import { LeaseLostError } from '../errors.ts';
import type { BatchItem, StagedItem, TableItem } from '../ledger/items.ts';
import type { LedgerStore } from '../ledger/store.ts';
import { batchKey, getTable, lead, release, waiting, writeBatch } from '../ledger/table.ts';
import type { Lake } from './ensure.ts';
import { limits, planBatch } from './plan.ts';
import { runBatch } from './run-batch.ts';

export interface LeadPorts extends Lake {
  ledger: LedgerStore;
  /** Sorted partitions of a staged file, read from its profile. */
  partitionsOf(item: StagedItem): Promise<string[]>;
  /** How long one call may poll a running query before it returns `running`, in milliseconds. */
  pollMilliseconds: number;
}

export type LeadOutcome =
  | { outcome: 'handed_over'; leader: string }
  | { outcome: 'running' | 'merged'; batch: BatchItem };

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
  return runBatch(ports, dataset, lease, batch);
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
    unknown_fields: unknownOf(files),
    part: 0,
    attempt: 1,
    bytes_scanned: 0,
    planned_at: ports.clock.now().toISOString(),
  };
  return writeBatch(ports.ledger, ports.clock, lease, batch, (now) => {
    // Two invocations of one run share its token: the second must not plan over the first.
    if (now.open_batch !== undefined || now.planned_seq !== table.planned_seq) {
      throw new LeaseLostError(`another invocation of ${lease.run} has planned a batch of ${lease.name}`);
    }
    return { planned_seq: to, batch_seq: batchSeq, open_batch: to };
  });
}

/** Unknown fields of all the files that may become columns, in order; undefined when there are none. */
function unknownOf(files: StagedItem[]): string[] | undefined {
  const fields = new Set(files.flatMap((file) => file.unknown_fields ?? []));
  return fields.size === 0 ? undefined : [...fields].sort();
}

/** First and last partition that the files write to; undefined when one does not list them. */
function boundsOf(files: StagedItem[]): { from: string; to: string } | undefined {
  if (files.some((file) => file.partitions.length === 0)) return undefined;
  // By bytes, as the engine compares text; JavaScript's own order differs beyond the basic plane.
  const partitions = files
    .flatMap((file) => file.partitions)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return { from: partitions[0]!, to: partitions.at(-1)! };
}

/**
 * The merged batch that this run has still to bring to gold and to the metrics; undefined when another run leads, which
 * then does it, or when there is none. Takes or renews the lease: a redriven run goes on here without passing MergeRows.
 */
export async function mergedBatch(
  ports: Pick<LeadPorts, 'ledger' | 'clock'>,
  dataset: string,
  run: string,
): Promise<{ lease: Lease; batch: BatchItem } | undefined> {
  const { ledger, clock } = ports;
  const { owner, open_batch } = await getTable(ledger, dataset);
  if (owner !== run && open_batch === undefined) return undefined;
  const led = await lead(ledger, clock, dataset, run);
  if ('leader' in led) return undefined;
  const batch = await openBatch(ledger, led.table);
  if (batch?.status !== 'merged') return undefined;
  return { lease: { name: dataset, run, token: led.table.token }, batch };
}
