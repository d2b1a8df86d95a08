import { fill, type Machine, matches, put, type Retrier, type State } from '../../statemachines/interpreter.ts';

/** Where an execution stands: the state that is entered next, and the data it is given. */
export interface Position {
  state: string;
  data: Record<string, unknown>;
}

export interface ExecutionPorts {
  /** Calls the function of this name; what it throws is matched by its name, as Lambda passes it on. */
  invoke(functionName: string, input: unknown): Promise<unknown>;
  /** Is told of each state before it is entered. */
  entered(position: Position): void;
  sleep(seconds: number): Promise<void>;
  random(): number;
}

export interface Ended {
  status: 'SUCCEEDED' | 'FAILED';
  error?: string;
  cause?: string;
  /** States in the order they were entered. */
  path: string[];
  /** Attempts of the state that ended the execution, or of all tasks by their names. */
  attempts: Record<string, number>;
  /** Where it failed: what a redrive goes on from. */
  at: Position;
}

/** Step Functions carries at most 256 KB from state to state. */
const maxPayload = 262_144;

/**
 * Runs one execution for real: the tasks are called, their errors retried as the definition says, and the results
 * routed on. Starting at another state with the data it was entered with is what a redrive does.
 */
export async function execute(machine: Machine, start: Position, run: string, ports: ExecutionPorts): Promise<Ended> {
  const context = { Execution: { Id: run } };
  const ended: Ended = { status: 'SUCCEEDED', path: [], attempts: {}, at: structuredClone(start) };
  for (;;) {
    const { state: name, data } = ended.at;
    const state = machine.States[name];
    if (state === undefined) throw new Error(`there is no state ${name}`);
    ended.path.push(name);
    ports.entered(ended.at);
    if (state.Type === 'Succeed') return ended;
    if (state.Type === 'Choice') {
      const next = (state.Choices ?? []).find((rule) => matches(rule, data))?.Next ?? state.Default;
      if (next === undefined) return { ...ended, status: 'FAILED', error: 'States.NoChoiceMatched' };
      ended.at = { state: next, data };
      continue;
    }
    let result = data;
    if (state.Type === 'Wait') await ports.sleep(state.Seconds!);
    else {
      const outcome = await attempts(name, state, ended, context, ports);
      if ('error' in outcome) return { ...ended, ...outcome, status: 'FAILED' };
      result = put(data, state.ResultPath ?? '$', outcome.result);
    }
    ended.at = { state: state.Next!, data: result };
  }
}

async function attempts(
  name: string,
  state: State,
  ended: Ended,
  context: unknown,
  ports: ExecutionPorts,
): Promise<{ result: unknown } | { error: string; cause: string }> {
  const used = new Map<Retrier, number>();
  for (;;) {
    ended.attempts[name] = (ended.attempts[name] ?? 0) + 1;
    try {
      const input = carried(fill(state.Parameters, ended.at.data, context));
      return { result: carried(await ports.invoke(state.Resource!['Fn::GetAtt'][0], input)) };
    } catch (thrown) {
      const { name: error, message: cause } = thrown as Error;
      const retrier = (state.Retry ?? []).find(({ ErrorEquals }) => ErrorEquals.includes(error));
      const count = retrier === undefined ? 0 : (used.get(retrier) ?? 0);
      if (retrier === undefined || count >= retrier.MaxAttempts) return { error, cause };
      used.set(retrier, count + 1);
      const delay = Math.min(retrier.IntervalSeconds * retrier.BackoffRate ** count, retrier.MaxDelaySeconds);
      await ports.sleep(delay * (retrier.JitterStrategy === 'FULL' ? ports.random() : 1));
    }
  }
}

/** What arrives at the other side: JSON, and not too much of it. */
function carried(value: unknown): unknown {
  const text = JSON.stringify(value ?? null);
  if (Buffer.byteLength(text) > maxPayload) {
    throw Object.assign(new Error(`a payload of ${text.length} characters`), { name: 'States.DataLimitExceeded' });
  }
  return JSON.parse(text);
}
