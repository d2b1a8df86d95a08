import type { ObjectVersion } from '../pipeline/identify.ts';
import { runInput } from '../pipeline/keys.ts';
import type { RunState, SweepPorts } from './ports.ts';

/** Runs that sweeps start for one file; one that needs more needs a person. */
export const maxStartsOfFile = 5;

export type Started =
  | { outcome: 'started'; run: string }
  /** An earlier sweep has started one, and it still runs; or another sweep did so just now. */
  | { outcome: 'under_way'; run: string }
  /** So many have been started that another will not help. */
  | { outcome: 'exhausted' };

const runName = (fileId: string, number: number) => `reconcile-${fileId}-${number}`;

/** Which of the sweeps' runs of a file is to be next, as far as its last run tells. */
function nextNumber(fileId: string, lastRun: string | undefined): number {
  const last = /reconcile-([0-9a-f]+)-(\d+)$/.exec(lastRun ?? '');
  return last?.[1] === fileId ? Number(last[2]) + 1 : 0;
}

/**
 * Starts a run for a file under a name that is the same for every sweep, so that two sweeps at once, or one while an
 * earlier one's run goes on, start one run and not two. `since` is when this sweep began.
 */
export async function startFor(
  ports: Pick<SweepPorts, 'runs'>,
  version: ObjectVersion,
  fileId: string,
  since: Date,
  lastRun?: string,
): Promise<Started> {
  const input = JSON.stringify(runInput(version));
  for (let number = nextNumber(fileId, lastRun); number < maxStartsOfFile; number++) {
    const name = runName(fileId, number);
    const run = await ports.runs.startNamed(input, name);
    if (run !== undefined) return { outcome: 'started', run };
    const earlier = await ports.runs.describe(ports.runs.arnOf(name));
    const isNew = earlier !== undefined && earlier.startedAt >= since;
    if (isNew || isRunning(earlier)) return { outcome: 'under_way', run: ports.runs.arnOf(name) };
  }
  return { outcome: 'exhausted' };
}

/** So many runs of sweeps have gone before that another will not help; of a file that the ledger knows. */
export const isExhausted = (fileId: string, lastRun: string | undefined): boolean =>
  nextNumber(fileId, lastRun) >= maxStartsOfFile;

export const isRunning = (run: RunState | undefined): boolean =>
  run?.status === 'RUNNING' || run?.status === 'PENDING_REDRIVE';

export const endedBadly = (run: RunState | undefined): boolean =>
  run !== undefined && ['FAILED', 'TIMED_OUT', 'ABORTED'].includes(run.status);
