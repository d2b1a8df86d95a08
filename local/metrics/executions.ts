import type { Datum } from './emf.ts';

/** The metrics of AWS/States that a change of an execution's status makes. */

interface StatusChange {
  executionArn: string;
  stateMachineArn: string;
  status: string;
  /** Milliseconds since the epoch. */
  startDate: number;
  stopDate: number | null;
}

const CLOSED: Record<string, string> = {
  SUCCEEDED: 'ExecutionsSucceeded',
  FAILED: 'ExecutionsFailed',
  TIMED_OUT: 'ExecutionsTimedOut',
  ABORTED: 'ExecutionsAborted',
};

/** Reads one "Step Functions Execution Status Change" event; undefined if it is something else. */
export function readStatusChange(event: string): StatusChange | undefined {
  try {
    const { detail } = JSON.parse(event) as { detail?: StatusChange };
    return detail?.executionArn && detail.stateMachineArn && detail.status ? detail : undefined;
  } catch {
    return undefined;
  }
}

/** Names the change: events come at least once. */
export function changeKey(change: StatusChange): string {
  return `${change.executionArn} ${change.status}`;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html */
export function executionMetrics(change: StatusChange): Datum[] {
  const base = {
    namespace: 'AWS/States',
    dimensions: { StateMachineArn: change.stateMachineArn },
    resolution: 60 as const,
  };
  if (change.status === 'RUNNING') {
    return [{ ...base, name: 'ExecutionsStarted', unit: 'Count', values: [1], at: change.startDate }];
  }
  const name = CLOSED[change.status];
  if (!name || change.stopDate === null) return [];
  const at = change.stopDate;
  return [
    { ...base, name, unit: 'Count', values: [1], at },
    { ...base, name: 'ExecutionTime', unit: 'Milliseconds', values: [at - change.startDate], at },
  ];
}
