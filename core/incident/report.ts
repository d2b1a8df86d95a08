import { z } from 'zod';
import type { Clock, LedgerStore } from '../ledger/store.ts';
import type { RunEvent } from './history.ts';
import { buildIncident, type EndedRun, type Incident, incidentKey } from './incident.ts';
import { type AlertMessage, alertMessage } from './message.ts';
import { markPaged, recordIncident } from './record.ts';

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

export interface ReportPorts {
  stage: string;
  runs: Runs;
  store: LedgerStore;
  clock: Clock;
  publish(alert: AlertMessage): Promise<void>;
  ledger: FailedRunLedger;
}

export interface Reported {
  /** `recovered`: the run was redriven before the report was made. */
  outcome: 'paged' | 'counted' | 'recovered';
  incident?: string;
  woken?: string;
}

/**
 * Reports a run that failed, timed out or was stopped: one page an incident, the file marked in the ledger, the table's
 * lease freed. May be repeated. Each part is tried even if another fails.
 *
 * @throws AggregateError of what could not be done, so that the event is delivered again
 */
export async function reportFailure(arn: string, ports: ReportPorts): Promise<Reported> {
  const run = await ports.runs.describe(arn);
  if (run.status === 'RUNNING' || run.status === 'SUCCEEDED') return { outcome: 'recovered' };
  const incident = buildIncident(run, await ports.runs.newestEvents(arn));

  // The file is marked before another run is woken: one that is marked is not woken again.
  const [paged] = await Promise.allSettled([page(incident, ports)]);
  const [marked] = await Promise.allSettled([markFile(incident, ports)]);
  const wake = wouldHelp(incident);
  const [released] = await Promise.allSettled([ports.ledger.releaseLeaseOf(arn, incident.dataset, wake)]);

  const failed = [paged, marked, released].filter((result) => result.status === 'rejected');
  if (failed.length > 0) {
    const reasons = failed.map((result) => result.reason);
    throw new AggregateError(reasons, `run ${arn} could not be reported in full: ${reasons.map(String).join('; ')}`);
  }
  return {
    outcome: paged.status === 'fulfilled' && paged.value ? 'paged' : 'counted',
    incident: Object.values(incidentKey(incident)).join('/'),
    ...(released.status === 'fulfilled' && released.value ? { woken: released.value } : {}),
  };
}

/** What a mart or a count refuses for good, it refuses to every run: those that wait would only fail one by one. */
function wouldHelp({ state, error }: Incident): boolean {
  const shared = state === 'RefreshGold' || state === 'PublishMetrics';
  return !(
    shared && ['QueryRejectedError', 'InvalidInputError', 'RowConservationError', 'ContractError'].includes(error)
  );
}

async function page(incident: Incident, ports: ReportPorts): Promise<boolean> {
  const { key, page } = await recordIncident(ports.store, ports.clock, incident);
  if (!page) return false;
  await ports.publish(alertMessage(incident, ports.stage));
  await markPaged(ports.store, ports.clock, key);
  return true;
}

async function markFile(incident: Incident, ports: ReportPorts): Promise<void> {
  if (incident.file?.fileId === undefined) return;
  const error = `${incident.error}: ${incident.cause}`.slice(0, 2_000);
  await ports.ledger.markFileFailed(incident.file.fileId, incident.run.arn, error);
}
