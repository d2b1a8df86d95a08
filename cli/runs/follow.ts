import type { Execution, ExecutionSummary } from '../../aws/executions.ts';
import type { RunEvent } from '../../core/incident/history.ts';
import { timeline } from '../../core/incident/timeline.ts';
import { type FileState, fileState, getFile } from '../../core/ledger/files.ts';
import type { FileItem, RowCounts } from '../../core/ledger/items.ts';
import type { Clock, LedgerStore } from '../../core/ledger/store.ts';
import { describeRun } from './describe.ts';

/** What following needs of Step Functions. */
export interface RunSource {
  describe(arn: string): Promise<Execution | undefined>;
  newestEvents(arn: string): Promise<RunEvent[]>;
  /** Runs newest first. */
  list(): AsyncIterable<ExecutionSummary>;
}

export interface FollowPorts {
  ledger: LedgerStore;
  runs: RunSource;
  clock: Clock;
}

export interface Followed {
  fileId: string;
  key: string;
  versionId?: string;
  /** When the file was uploaded, or the run started: earlier runs can't be about it. */
  since: Date;
  /** The run, where it is known beforehand; the outcome then waits for it to end. */
  run?: string;
}

export type FileOutcome =
  | 'done'
  | 'already_ingested'
  /** It was taken out of the lake, and stays out. */
  | 'undone'
  | 'not_a_file'
  | 'rejected'
  | 'failed'
  /** The run ended well, but the file is not merged yet, or not in time. */
  | 'unfinished'
  /** No run was seen that is about the file. */
  | 'not_picked_up';

export interface FollowResult extends Followed {
  outcome: FileOutcome;
  counts?: RowCounts;
  /** The run that merged the file, if it was another one. */
  leader?: string;
  error?: string;
  milliseconds: number;
}

export interface FollowOptions {
  timeout: number;
  /** Milliseconds between looks. */
  interval: number;
  /** Hears in words how far the file is. */
  onStep(step: string): void;
}

/** A run starts within a second of the upload; this long without one means that something is broken. */
const PICK_UP_MILLISECONDS = 60_000;
const LOOK_FOR_RUN_MILLISECONDS = 2_000;
/** The first step of every file, before its run is there. */
export const WAITING = 'waiting for its run';

/** Waits until what became of a file is known: its run has ended, and if that handed the file over, its leader is done. */
export async function followFile(file: Followed, ports: FollowPorts, options: FollowOptions): Promise<FollowResult> {
  const { clock } = ports;
  const started = clock.now().getTime();
  const elapsed = () => clock.now().getTime() - started;
  const result = (outcome: FileOutcome, more: Partial<FollowResult> = {}): FollowResult => ({
    ...file,
    outcome,
    ...more,
    milliseconds: clock.now().getTime() - file.since.getTime(),
  });
  let arn = file.run;
  let lookedForRun = 0;
  let step = '';

  for (;;) {
    const item = await getFile(ports.ledger, file.fileId);
    const state = item && (await fileState(ports.ledger, item)).state;
    arn ??= item?.run;
    if (arn === undefined && elapsed() - lookedForRun >= LOOK_FOR_RUN_MILLISECONDS) {
      lookedForRun = elapsed();
      arn = await runAbout(file, ports.runs);
    }
    const run = arn === undefined ? undefined : await ports.runs.describe(arn);
    const facts = { ...counted(item), ...(arn === undefined ? {} : { run: arn }) };
    // A version just uploaded was never done before; a file that is run again may be done from an earlier time.
    if (state === 'done' && file.run === undefined) return result('done', { ...facts, ...leaderOf(run) });
    if (run !== undefined) {
      const ended = outcomeOf(run, state, item);
      if (ended !== undefined) return result(ended.outcome, { ...facts, ...leaderOf(run), ...ended });
    }
    if (arn === undefined && elapsed() > Math.min(PICK_UP_MILLISECONDS, options.timeout))
      return result('not_picked_up');
    if (elapsed() > options.timeout) {
      return result('unfinished', { ...facts, error: `still ${step || state || 'running'} after the time allowed` });
    }
    const next = await stepOf(run, state, ports.runs);
    if (next !== step) {
      step = next;
      options.onStep(step);
    }
    await clock.sleep(options.interval);
  }
}

function counted(item: FileItem | undefined): { counts?: RowCounts } {
  return item?.counts === undefined ? {} : { counts: item.counts };
}

function leaderOf(run: Execution | undefined): { leader?: string } {
  const leader = run && describeRun(run).leader;
  return leader === undefined || leader === run?.arn ? {} : { leader };
}

/** `undefined` while it is not decided. */
function outcomeOf(
  run: Execution,
  state: FileState | undefined,
  item: FileItem | undefined,
): { outcome: FileOutcome; error?: string } | undefined {
  const facts = describeRun(run);
  switch (facts.outcome) {
    case 'running':
      return undefined;
    case 'already_ingested':
      return { outcome: 'already_ingested' };
    case 'undone':
      return {
        outcome: 'undone',
        error: 'it was taken out of the lake; `tributary rerun FILE_ID --again` brings it back',
      };
    case 'not_a_file':
      return { outcome: 'not_a_file', error: facts.reason };
    case 'done':
    case 'handed_over':
      if (state === 'done') return { outcome: 'done' };
      if (state === 'failed' || state === 'rejected') return { outcome: state, error: item?.error };
      return undefined;
    default: {
      if (state === 'done') return { outcome: 'done' };
      const error = facts.reason ?? item?.error ?? `the run ${facts.outcome.replace('_', ' ')}`;
      return { outcome: state === 'rejected' || run.error === 'FileRejectedError' ? 'rejected' : 'failed', error };
    }
  }
}

async function stepOf(run: Execution | undefined, state: FileState | undefined, runs: RunSource): Promise<string> {
  if (run === undefined) return WAITING;
  if (run.status !== 'RUNNING')
    return state === 'merged' ? 'merged, gold is being refreshed' : 'staged for the leading run';
  const visits = timeline((await runs.newestEvents(run.arn)).reverse());
  const current = visits.at(-1);
  if (current === undefined) return 'started';
  const retrying = current.error !== undefined && current.status === 'running' ? ` (again after ${current.error})` : '';
  return `${current.state}${retrying}`;
}

/** The run about an object version that the ledger has not heard of: IdentifyFile failed, or has not begun. */
async function runAbout(file: Followed, runs: RunSource): Promise<string | undefined> {
  // Clocks differ a little between here and there.
  const earliest = file.since.getTime() - 60_000;
  for await (const candidate of runs.list()) {
    if (candidate.startedAt.getTime() < earliest) return undefined;
    const run = await runs.describe(candidate.arn);
    const facts = run && describeRun(run);
    const same = facts?.key === file.key && (facts.versionId === undefined || facts.versionId === file.versionId);
    if (same && (facts?.versionId !== undefined || candidate.startedAt.getTime() >= file.since.getTime() - 2_000)) {
      return candidate.arn;
    }
  }
  return undefined;
}
