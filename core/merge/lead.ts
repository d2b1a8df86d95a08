import type { Dataset } from '../contract/dataset.ts';
import { ContractError, LeaseLostError } from '../errors.ts';
import type { BatchItem, StagedItem, TableItem } from '../ledger/items.ts';
import type { LedgerStore } from '../ledger/store.ts';
import { batchKey, getTable, lead, release, waiting, writeBatch } from '../ledger/table.ts';
import { reservedFor } from '../ledger/turn.ts';
import { contentOf } from './batch-content.ts';
import type { Lake } from './ensure.ts';
import { limits, planBatch } from './plan.ts';
import { runBatch } from './run-batch.ts';
import { identity } from './tables.ts';

export interface LeadPorts extends Lake {
  ledger: LedgerStore;
  /** Sorted partitions of a staged file, read from its profile. */
  partitionsOf(item: StagedItem): Promise<string[]>;
  /** Starts a run of `ingest` and returns its ARN. */
  startRun(input: string): Promise<string>;
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
 * cannot lead, finds nothing to do, or meets an operation that waits for its turn, hands over. Repeating it resumes: the
 * ledger knows the batch, its statement and its query. Throws what a failed query means, unless another file than `own`
 * is to blame: that one is recorded as failed, and the others go on.
 */
export async function leadTable(ports: LeadPorts, dataset: Dataset, run: string, own?: string): Promise<LeadOutcome> {
  const { ledger, clock } = ports;
  const deadline = clock.now().getTime() + ports.pollMilliseconds;
  for (;;) {
    const led = await lead(ledger, clock, dataset.name, run);
    if ('leader' in led) return { outcome: 'handed_over', leader: led.leader };
    const lease: Lease = { name: dataset.name, run, token: led.table.token };
    let batch = await openBatch(ledger, led.table);
    const next = reservedFor(led.table, clock, run);
    if (batch === undefined && next !== undefined) {
      await release(ledger, clock, dataset.name, run, true);
      return { outcome: 'handed_over', leader: next };
    }
    batch ??= await plan(ports, lease, led.table);
    if (batch === undefined) {
      if (await release(ledger, clock, dataset.name, run)) return { outcome: 'handed_over', leader: run };
      continue;
    }
    if (batch.status === 'merged') return { outcome: 'merged', batch };
    refuseOtherIdentity(dataset, led.table);
    const result = await runBatch(ports, dataset, lease, batch, { own, deadline });
    if (result.outcome !== 'failed') return result;
  }
}

/** Rows that were told apart in another way would stay beside those that take their place. */
function refuseOtherIdentity(dataset: Dataset, { identity: known }: TableItem): void {
  const wanted = identity(dataset);
  if (known === undefined || known.join() === wanted.join()) return;
  throw new ContractError(
    `rows of silver.${dataset.name} are told apart by ${known.join(', ')}, and by its contract (key, history) by ` +
      `${wanted.join(', ')}. Build the table anew: tributary replay --dataset ${dataset.name}`,
  );
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
    ...contentOf(files),
    batch_seq: batchSeq,
    status: 'planned',
    run: lease.run,
    ranges,
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
