import type { Execution } from '../../aws/executions.ts';
import { readCause } from '../../core/incident/history.ts';

/** What the input and output of an `ingest` run say about it. */
export interface RunFacts {
  dataset?: string;
  key?: string;
  bucket?: string;
  versionId?: string;
  fileId?: string;
  outcome: RunOutcome;
  /** The run that merges the file instead, when this one handed it over. */
  leader?: string;
  reason?: string;
  /** What the file was taken in spite of. */
  warnings: string[];
}

export type RunOutcome =
  | 'running'
  | 'done'
  | 'handed_over'
  | 'already_ingested'
  | 'undone'
  | 'not_a_file'
  | 'failed'
  | 'timed_out'
  | 'stopped';

const ENDED: Record<string, RunOutcome> = {
  RUNNING: 'running',
  PENDING_REDRIVE: 'running',
  FAILED: 'failed',
  TIMED_OUT: 'timed_out',
  ABORTED: 'stopped',
};

export function describeRun(run: Pick<Execution, 'status' | 'input' | 'output' | 'error' | 'cause'>): RunFacts {
  const input = parse(run.input);
  const output = parse(run.output);
  const key = text(output, 'file', 'key') ?? text(input, 'detail', 'object', 'key');
  const next = text(output, 'file', 'next');
  const outcome =
    ENDED[run.status] ??
    (next === 'already_ingested' || next === 'undone' || next === 'not_a_file'
      ? next
      : // A run that led may hand over the rest of the table when its own batches are through.
        text(output, 'merge', 'outcome') === 'handed_over' && text(output, 'metrics', 'outcome') === undefined
        ? 'handed_over'
        : 'done');
  const cause = readCause(run.cause);
  return {
    dataset: text(output, 'file', 'dataset') ?? /^landing\/([^/]+)\/./.exec(key ?? '')?.[1],
    key,
    bucket: text(input, 'detail', 'bucket', 'name'),
    versionId: text(output, 'file', 'version_id') ?? text(input, 'detail', 'object', 'version-id'),
    fileId: text(output, 'file', 'file_id'),
    outcome,
    leader: outcome === 'handed_over' ? text(output, 'merge', 'leader_run') : undefined,
    warnings: texts(output, 'validation', 'warnings'),
    reason: run.error ? [run.error, cause].filter(Boolean).join(': ') : text(output, 'file', 'reason'),
  };
}

function parse(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? 'null');
  } catch {
    return null;
  }
}

function text(value: unknown, ...path: string[]): string | undefined {
  const found = at(value, path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function texts(value: unknown, ...path: string[]): string[] {
  const found = at(value, path);
  return Array.isArray(found) ? found.filter((item) => typeof item === 'string') : [];
}

function at(value: unknown, path: string[]): unknown {
  let current = value;
  for (const name of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string, unknown>)[name];
  }
  return current;
}
