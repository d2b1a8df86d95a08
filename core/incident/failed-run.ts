import { fileId } from '../ledger/file-id.ts';
import { type Failure, failureOf, type RunEvent } from './history.ts';

/** A run that ended badly, as DescribeExecution tells it. */
export interface EndedRun {
  arn: string;
  name: string;
  /** Name of the state machine. */
  machine: string;
  status: string;
  startedAt: Date;
  stoppedAt?: Date;
  input?: string;
  error?: string;
  cause?: string;
}

export interface FailedFile {
  /** Known once IdentifyFile named it, or when the event carries the version. */
  fileId?: string;
  bucket: string;
  key: string;
  versionId?: string;
  /** LastModified of the version; known once IdentifyFile named it. */
  modified?: string;
}

/** A run that failed, with everything a person needs to know to act on it. */
export interface FailedRun {
  run: EndedRun;
  dataset: string;
  state: string;
  error: string;
  cause: string;
  file?: FailedFile;
  /** The run is to bring its file into the lake, as opposed to one that does something else with it. */
  ingests: boolean;
  at: Date;
}

/** `-`: the run is not about a dataset. */
const NONE = '-';

/** Puts together what Step Functions knows of a run that ended badly and its history, newest event first. */
export function describeFailure(run: EndedRun, newestFirst: RunEvent[]): FailedRun {
  const failure: Failure = failureOf(newestFirst) ?? {
    state: NONE,
    error: run.error || (run.status === 'TIMED_OUT' ? 'States.Timeout' : run.status),
    cause: run.cause ?? '',
  };
  const file = fileOf(parse(run.input), parse(failure.input));
  const dataset = datasetOf(parse(run.input), parse(failure.input), file?.key);
  return {
    run,
    dataset,
    state: failure.state,
    error: failure.error,
    cause: failure.cause,
    ...(file === undefined ? {} : { file }),
    ingests: text(parse(run.input), 'detail', 'object', 'key') !== undefined,
    at: run.stoppedAt ?? run.startedAt,
  };
}

/** The run's input is S3's event; the input of a later state also holds what IdentifyFile found. */
function fileOf(input: unknown, stateInput: unknown): FailedFile | undefined {
  const identified = text(stateInput, 'file', 'file_id') ? at(stateInput, 'file') : undefined;
  const bucket = text(identified, 'bucket') ?? text(input, 'detail', 'bucket', 'name');
  const key = text(identified, 'key') ?? text(input, 'detail', 'object', 'key');
  if (bucket === undefined || key === undefined) return undefined;
  const versionId = text(identified, 'version_id') ?? text(input, 'detail', 'object', 'version-id');
  const id = text(identified, 'file_id') ?? (versionId && fileId(bucket, key, versionId));
  const modified = text(identified, 'last_modified');
  return {
    bucket,
    key,
    ...(versionId ? { versionId } : {}),
    ...(id ? { fileId: id } : {}),
    ...(modified ? { modified } : {}),
  };
}

function datasetOf(input: unknown, stateInput: unknown, key: string | undefined): string {
  const fromKey = /^landing\/([^/]+)\/./.exec(key ?? '')?.[1];
  return text(stateInput, 'file', 'dataset') ?? fromKey ?? text(input, 'dataset') ?? text(input, 'table') ?? NONE;
}

function parse(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? 'null');
  } catch {
    return null;
  }
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (current, name) =>
      typeof current === 'object' && current !== null ? (current as Record<string, unknown>)[name] : undefined,
    value,
  );
}

function text(value: unknown, ...path: string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}
