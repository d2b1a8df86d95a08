import { type RunEvent, readCause } from './history.ts';

/** One visit of a run to a state. */
export interface StateVisit {
  state: string;
  kind: string;
  status: 'running' | 'succeeded' | 'failed';
  startedAt: Date;
  endedAt?: Date;
  /** Attempts after the first. */
  retries: number;
  error?: string;
  cause?: string;
}

const STARTED = /^(Task|LambdaFunction|Activity)Scheduled$/;
const FAILED = /^(Task|LambdaFunction|Activity).*(Failed|TimedOut)$/;
const ENDED = /^Execution(Failed|TimedOut|Aborted)$/;

/**
 * The states a run went through, oldest first, from its history in order. An error that a retry overcame is kept with
 * the visit, since it explains the time it took.
 */
export function timeline(oldestFirst: RunEvent[]): StateVisit[] {
  const visits: StateVisit[] = [];
  let open: (StateVisit & { attempts: number }) | undefined;
  const close = (at: Date, status: 'succeeded' | 'failed') => {
    if (open === undefined) return;
    const { attempts, ...visit } = open;
    visits.push({ ...visit, status, endedAt: at, retries: Math.max(0, attempts - 1) });
    open = undefined;
  };
  for (const event of oldestFirst) {
    if (event.type.endsWith('StateEntered')) {
      const kind = event.type.slice(0, -'StateEntered'.length);
      open = { state: event.state ?? '?', kind, status: 'running', startedAt: event.at, retries: 0, attempts: 0 };
    } else if (event.type === 'ExecutionRedriven' && visits.at(-1)?.status === 'failed') {
      // A redrive goes on inside the failed state, without entering it again.
      const { endedAt: _, ...failed } = visits.pop()!;
      open = { ...failed, status: 'running', attempts: failed.retries + 1 };
    } else if (open !== undefined && STARTED.test(event.type)) {
      open.attempts += 1;
    } else if (open !== undefined && FAILED.test(event.type)) {
      open.error = event.error ?? (event.type.endsWith('TimedOut') ? 'States.Timeout' : open.error);
      open.cause = readCause(event.cause);
    } else if (event.type.endsWith('StateExited')) {
      close(event.at, 'succeeded');
    } else if (ENDED.test(event.type)) {
      if (open !== undefined) {
        open.error = event.error || open.error;
        open.cause = readCause(event.cause) || open.cause;
      }
      close(event.at, 'failed');
    }
  }
  if (open !== undefined) {
    const { attempts, ...visit } = open;
    visits.push({ ...visit, retries: Math.max(0, attempts - 1) });
  }
  return visits;
}
