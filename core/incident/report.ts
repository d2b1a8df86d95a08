import { z } from 'zod';
import type { Key } from '../ledger/store.ts';
import { describeFailure, type EndedRun, type FailedRun } from './failed-run.ts';
import { heldBy } from './held-by.ts';
import type { RunEvent } from './history.ts';
import { failedKey } from './keys.ts';
import { pageSoon } from './page.ts';
import { type AlertPorts, newClaim } from './ports.ts';
import { type Counted, recordFailure } from './record.ts';
import { closeIfOver, release } from './resolve.ts';

/**
 * The part of EventBridge's "Step Functions Execution Status Change" event that is used. It carries neither the cause nor
 * the error, and may come late, twice or never.
 */
export const ExecutionEnded = z.looseObject({ detail: z.looseObject({ executionArn: z.string().startsWith('arn:') }) });

/** What Step Functions knows of a run. */
export interface Runs {
  describe(arn: string): Promise<EndedRun>;
  /** Newest event first, at least back to the last state entered. */
  newestEvents(arn: string): Promise<RunEvent[]>;
}

/** What the ledger has to do for a failed run. Both may be repeated. */
export interface FailedRunLedger {
  /** Marks the file `failed` unless it is staged, merged, done or rejected, or another run has claimed it since. */
  markFileFailed(fileId: string, run: string, error: string): Promise<void>;
  /**
   * Frees the lease of the dataset's table if the run holds it and, with `wake`, starts a successor for what waits there;
   * its ARN.
   */
  releaseLeaseOf(run: string, dataset: string, wake: boolean): Promise<string | undefined>;
}

export interface ReportPorts extends AlertPorts {
  runs: Runs;
  ledger: FailedRunLedger;
}

export interface Reported {
  /** `recovered`: the run was redriven before the report was made, or what it left undone is done. */
  outcome: 'paged' | 'counted' | 'recovered';
  woken?: string;
}

/**
 * Reports a run that failed, timed out or was stopped: counted in its incident, the file marked in the ledger, the
 * table's lease freed, and, if it is the first of its incident, paged a moment later. May be repeated. Each part is tried
 * even if another fails.
 *
 * @throws AggregateError of what could not be done, so that the event is delivered again
 */
export async function reportFailure(arn: string, ports: ReportPorts): Promise<Reported> {
  const claim = newClaim(ports, arn);
  const noted = await noteFailure(arn, ports, claim);
  const [paged] = await Promise.allSettled([noted.page === undefined ? false : pageSoon(ports, noted.page, claim)]);
  const reasons = [...noted.errors, ...(paged.status === 'rejected' ? [paged.reason] : [])];
  if (reasons.length > 0) {
    throw new AggregateError(reasons, `run ${arn} could not be reported in full: ${reasons.map(String).join('; ')}`);
  }
  const outcome = paged.status === 'fulfilled' && paged.value ? 'paged' : noted.counted ? 'counted' : 'recovered';
  return { outcome, ...(noted.woken ? { woken: noted.woken } : {}) };
}

const STALE_MILLISECONDS = 5_000;

interface Noted {
  counted: boolean;
  /** The incident, when this invocation has to page for it. */
  page?: Key;
  woken?: string;
  errors: unknown[];
}

/** Everything but the page, which alone may take its time. */
export async function noteFailure(arn: string, ports: ReportPorts, claim: string): Promise<Noted> {
  let run = await ports.runs.describe(arn);
  if (run.status === 'RUNNING') {
    // Redriven, or described as it was a moment before its end: the event may be quicker than DescribeExecution, which is
    // eventually consistent (https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html).
    await ports.clock.sleep(STALE_MILLISECONDS);
    run = await ports.runs.describe(arn);
  }
  if (run.status === 'RUNNING' || run.status === 'SUCCEEDED') return { counted: false, errors: [] };
  const failed = describeFailure(run, await ports.runs.newestEvents(arn));

  // The file is marked before another run is woken: one that is marked is not woken again.
  const [counted] = await Promise.allSettled([count(failed, ports, claim)]);
  const [marked] = await Promise.allSettled([markFile(failed, ports)]);
  const wake = wouldHelp(failed);
  const [released] = await Promise.allSettled([ports.ledger.releaseLeaseOf(arn, failed.dataset, wake)]);

  const noted = counted.status === 'fulfilled' ? counted.value : undefined;
  return {
    counted: noted?.incident !== undefined,
    ...(noted?.page ? { page: noted.incident! } : {}),
    ...(released.status === 'fulfilled' && released.value ? { woken: released.value } : {}),
    errors: [counted, marked, released].flatMap((result) => (result.status === 'rejected' ? [result.reason] : [])),
  };
}

/** What is refused to this run for good, whatever its files, is refused to every run: those that wait would only fail too. */
function wouldHelp({ state, error }: FailedRun): boolean {
  return !(REFUSALS[state] ?? []).includes(error);
}

const OF_MERGES = ['StatementRefusedError', 'ContractError'];
const OF_TABLES = [...OF_MERGES, 'QueryRejectedError', 'InvalidInputError', 'RowConservationError'];
const REFUSALS: Record<string, string[]> = {
  MergeRows: OF_MERGES,
  RefreshGold: OF_TABLES,
  PublishMetrics: OF_TABLES,
};

async function count(failed: FailedRun, ports: ReportPorts, claim: string): Promise<Counted> {
  const held = await heldBy(ports.store, failed);
  const counted = await recordFailure(ports.store, ports.clock, failed, held, claim);
  // Done while this was written: whoever did it could not know of the incident yet.
  if (held !== undefined && counted.incident !== undefined && (await heldBy(ports.store, failed))?.kind !== held.kind) {
    await release(ports, [failedKey(counted.incident, failed, held)], () => true);
    await closeIfOver(ports, counted.incident, claim);
  }
  return counted;
}

async function markFile(failed: FailedRun, ports: ReportPorts): Promise<void> {
  if (failed.file?.fileId === undefined) return;
  const error = `${failed.error}: ${failed.cause}`.slice(0, 2_000);
  await ports.ledger.markFileFailed(failed.file.fileId, failed.run.arn, error);
}
