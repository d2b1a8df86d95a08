/** One event of an execution's history, with the fields of Step Functions' many event shapes brought to one. */
export interface RunEvent {
  id: number;
  /** 0 or absent where the history does not link its events. */
  previousId?: number;
  type: string;
  at: Date;
  /** Name of the state, in `…StateEntered` and `…StateExited` events. */
  state?: string;
  input?: string;
  output?: string;
  error?: string;
  cause?: string;
}

export interface Failure {
  /** The state that failed; `-` when the execution ended outside of any. */
  state: string;
  error: string;
  /** In words: the message of the error, unwrapped from the JSON that Lambda puts around it. */
  cause: string;
  /** Input of the failed state. */
  input?: string;
}

const ENDED: Record<string, string> = {
  ExecutionFailed: 'States.TaskFailed',
  ExecutionTimedOut: 'States.Timeout',
  ExecutionAborted: 'Aborted',
};

/**
 * What ended an execution, from its history read backwards (newest event first), as far back as the failed state.
 * `undefined` when the history holds no failure.
 */
export function failureOf(newestFirst: RunEvent[]): Failure | undefined {
  const ended = newestFirst.find((event) => event.type in ENDED);
  if (ended === undefined) return undefined;
  const entered = enteredBefore(ended, newestFirst);
  // A task that timed out ends the execution with an error, but often without a word of its own.
  const task = newestFirst.find(
    (event) => event.id < ended.id && event.id > (entered?.id ?? 0) && event.error !== undefined,
  );
  const error = ended.error || task?.error || ENDED[ended.type] || ended.type;
  const cause = readCause(ended.cause || task?.cause);
  return {
    state: entered?.state ?? '-',
    error,
    cause: cause || describeEnd(ended.type),
    ...(entered?.input === undefined ? {} : { input: entered.input }),
  };
}

/** The state an event belongs to: along the links where there are any (branches interleave), else the newest one entered. */
function enteredBefore(event: RunEvent, newestFirst: RunEvent[]): RunEvent | undefined {
  const byId = new Map(newestFirst.map((candidate) => [candidate.id, candidate]));
  let current = byId.get(event.previousId ?? 0);
  while (current !== undefined) {
    if (current.type.endsWith('StateEntered')) return current;
    current = byId.get(current.previousId ?? 0);
  }
  return newestFirst.find((candidate) => candidate.id < event.id && candidate.type.endsWith('StateEntered'));
}

/** Lambda's failures arrive as `{"errorType": …, "errorMessage": …, "trace": […]}`; everything else is plain text. */
export function readCause(cause: string | undefined): string {
  if (cause === undefined) return '';
  try {
    const parsed: unknown = JSON.parse(cause);
    if (typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed) {
      return String(parsed.errorMessage).trim();
    }
  } catch {
    // Not JSON: the text is the cause.
  }
  return cause.trim();
}

function describeEnd(type: string): string {
  if (type === 'ExecutionAborted') return 'stopped by hand or by another program, which left no reason';
  if (type === 'ExecutionTimedOut') return 'the execution took longer than the state machine allows';
  return 'no cause was given';
}
