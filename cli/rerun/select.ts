import type { Execution, ExecutionSummary } from '../../aws/executions.ts';
import { isCaughtUp } from '../../core/incident/held-by.ts';
import { fileId } from '../../core/ledger/file-id.ts';
import { fileState, getFile } from '../../core/ledger/files.ts';
import type { LedgerStore } from '../../core/ledger/store.ts';
import { isRunning } from '../../core/reconcile/runs.ts';
import { sideBySide } from '../../core/reconcile/side-by-side.ts';
import { describeRun } from '../runs/describe.ts';

export interface SelectPorts {
  ledger: LedgerStore;
  describe(arn: string): Promise<Execution | undefined>;
  /** Runs of one status, newest first. */
  list(status: string): AsyncIterable<ExecutionSummary>;
}

export interface Filter {
  /** Runs that ended since then. */
  since: Date;
  dataset?: string;
  /** Name of the error that the run ended with. */
  error?: string;
}

export interface Chosen {
  run: Execution;
  key: string;
}

export interface LeftOut extends Chosen {
  why: string;
}

export interface Selection {
  /** The newest failed run of each file, oldest first. */
  chosen: Chosen[];
  left: LeftOut[];
}

/** Describing executions is limited to some 15 calls a second for the whole account. */
const atOnce = 8;
/** A run takes at most six hours; a redriven one keeps the time of its first start, for up to 14 days. */
const longestRun = 15 * 24 * 3_600_000;

/**
 * Failed, timed out and stopped runs of files that are still not in the lake: the newest of each file, without those
 * whose file has been brought in, undone, or taken up by another run since.
 */
export async function selectFailed(ports: SelectPorts, filter: Filter): Promise<Selection> {
  const newest = new Map<string, Chosen>();
  await sideBySide(endedSince(ports, filter.since), atOnce, async ({ arn }) => {
    const run = await ports.describe(arn);
    if (run === undefined || isRunning(run) || run.status === 'SUCCEEDED') return;
    const { bucket, key, versionId, dataset } = describeRun(run);
    if (filter.dataset !== undefined && dataset !== filter.dataset) return;
    // Without a version it is not known whether two runs are about one file.
    const file = bucket && key && versionId ? fileId(bucket, key, versionId) : arn;
    const known = newest.get(file);
    if (known === undefined || known.run.startedAt < run.startedAt) newest.set(file, { run, key: key ?? run.name });
  });
  const selection: Selection = { chosen: [], left: [] };
  await sideBySide(newest, atOnce, async ([file, found]) => {
    if (filter.error !== undefined && errorOf(found.run) !== filter.error) return;
    const why = await settled(ports, file, found.run);
    if (why === undefined) selection.chosen.push(found);
    else selection.left.push({ ...found, why });
  });
  const byStart = (a: Chosen, b: Chosen) => a.run.startedAt.getTime() - b.run.startedAt.getTime();
  selection.chosen.sort(byStart);
  selection.left.sort(byStart);
  return selection;
}

/** As the page names it: a run that was stopped, or took too long, need not have an error of its own. */
const errorOf = ({ error, status }: Execution) => error || { ABORTED: 'Aborted', TIMED_OUT: 'States.Timeout' }[status];

async function* endedSince(ports: SelectPorts, since: Date): AsyncGenerator<ExecutionSummary> {
  for (const status of ['FAILED', 'TIMED_OUT', 'ABORTED']) {
    for await (const run of ports.list(status)) {
      if (run.startedAt.getTime() < since.getTime() - longestRun) break;
      if ((run.stoppedAt ?? run.startedAt) >= since) yield run;
    }
  }
}

/**
 * Why a file needs no run any more, or not now; undefined when it does. A run that failed while it led the table for
 * others, its own file done, goes on for them if it can be redriven; a new one would end at once.
 */
async function settled(ports: SelectPorts, file: string, failed: Execution): Promise<string | undefined> {
  const item = await getFile(ports.ledger, file);
  if (item === undefined) return undefined;
  const { state } = await fileState(ports.ledger, item);
  const led = state === 'done' && item.run === failed.arn && failed.redrivable;
  if (led && !(await isCaughtUp(ports.ledger, item.dataset))) return undefined;
  if (state === 'done' || state === 'undone') return `${state} since`;
  // With an error of its own, its run was the one that led: nobody need have gone on with the batch.
  if (state === 'merged' && item.error === undefined) return 'merged since';
  if (state === 'staged' && item.error === undefined) return 'staged, and the run that leads merges it';
  if (item.run !== failed.arn && isRunning(await ports.describe(item.run))) return 'another run is at it';
  return undefined;
}
