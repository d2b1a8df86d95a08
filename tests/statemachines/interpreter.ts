import { readFileSync } from 'node:fs';

/**
 * Runs a state machine of the kind that this project has (JSONPath; Task, Choice, Wait, Succeed) with the outcome of
 * each attempt of each task scripted. It follows the Amazon States Language (https://states-language.net/spec.html):
 * retriers are tried in order, each counts its own attempts, and the counts begin anew whenever the state is entered.
 */
export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds: number;
  MaxAttempts: number;
  BackoffRate: number;
  MaxDelaySeconds: number;
  JitterStrategy: string;
}

export interface Rule extends Test {
  Next: string;
}

/** A comparison of one variable, or several that all have to hold. */
export interface Test {
  Variable?: string;
  StringEquals?: string;
  BooleanEquals?: boolean;
  IsPresent?: boolean;
  And?: Test[];
}

export interface State {
  Type: string;
  Comment?: string;
  Resource?: { 'Fn::GetAtt': [string, string] };
  Parameters?: Record<string, string>;
  ResultPath?: string;
  TimeoutSeconds?: number;
  Retry?: Retrier[];
  Catch?: unknown;
  Choices?: Rule[];
  Default?: string;
  Seconds?: number;
  Next?: string;
  End?: boolean;
}

export interface Machine {
  StartAt: string;
  TimeoutSeconds: number;
  States: Record<string, State>;
}

/** What one attempt of a task does. */
export type Outcome = { returns: unknown } | { throws: string };

export interface Run {
  status: 'SUCCEEDED' | 'FAILED';
  error?: string;
  /** States in the order they were entered. */
  path: string[];
  /** Each attempt of each task, with the input it was given. */
  attempts: { state: string; input: unknown }[];
  /** The longest that the retries' delays can add up to; with full jitter they are shorter. */
  delaySeconds: number;
  output: Record<string, unknown>;
}

export function readMachine(file: string): Machine {
  return JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'));
}

/** Throws when the script does not foresee an attempt, or foresees one that is not made. */
export function runMachine(
  machine: Machine,
  input: Record<string, unknown>,
  script: Record<string, Outcome[]>,
  execution = 'arn:aws:states:us-east-1:000000000000:execution:ingest:1',
): Run {
  const left = structuredClone(script);
  const run: Run = { status: 'SUCCEEDED', path: [], attempts: [], delaySeconds: 0, output: structuredClone(input) };
  const context = { Execution: { Id: execution, Input: structuredClone(input) } };
  let name = machine.StartAt;
  for (;;) {
    const state = machine.States[name];
    if (state === undefined) throw new Error(`there is no state ${name}`);
    run.path.push(name);
    if (run.path.length > 200) throw new Error(`the machine does not end: … ${run.path.slice(-5).join(' → ')}`);
    if (state.Type === 'Succeed') break;
    if (state.Type === 'Choice') {
      const rule = (state.Choices ?? []).find((candidate) => matches(candidate, run.output));
      const next = rule?.Next ?? state.Default;
      if (next === undefined) {
        fail(run, 'States.NoChoiceMatched');
        break;
      }
      name = next;
      continue;
    }
    if (state.Type === 'Task') {
      const result = attempt(name, state, run, context, left);
      if (result === undefined) break;
      run.output = put(run.output, state.ResultPath ?? '$', result.value);
    } else if (state.Type !== 'Wait') {
      throw new Error(`the interpreter does not know states of type ${state.Type}`);
    }
    name = state.Next!;
  }
  const unused = Object.entries(left).filter(([, outcomes]) => outcomes.length > 0);
  if (unused.length > 0) throw new Error(`never attempted: ${unused.map(([state]) => state).join(', ')}`);
  return run;
}

function attempt(
  name: string,
  state: State,
  run: Run,
  context: unknown,
  script: Record<string, Outcome[]>,
): { value: unknown } | undefined {
  const used = new Map<Retrier, number>();
  for (;;) {
    const outcome = script[name]?.shift();
    if (outcome === undefined) throw new Error(`the script does not say what ${name} does now`);
    run.attempts.push({ state: name, input: fill(state.Parameters, run.output, context) });
    if ('returns' in outcome) return { value: outcome.returns };
    const retrier = (state.Retry ?? []).find(({ ErrorEquals }) => ErrorEquals.includes(outcome.throws));
    const count = retrier === undefined ? 0 : (used.get(retrier) ?? 0);
    if (retrier === undefined || count >= retrier.MaxAttempts) {
      fail(run, outcome.throws);
      return undefined;
    }
    run.delaySeconds += Math.min(retrier.IntervalSeconds * retrier.BackoffRate ** count, retrier.MaxDelaySeconds);
    used.set(retrier, count + 1);
  }
}

function fail(run: Run, error: string): void {
  run.status = 'FAILED';
  run.error = error;
}

/** Whether a rule of a Choice holds. */
export function matches(rule: Test, data: unknown): boolean {
  if (rule.And !== undefined) return rule.And.every((one) => matches(one, data));
  if (rule.IsPresent !== undefined) return isPresent(rule.Variable!, data) === rule.IsPresent;
  const value = read(rule.Variable!, data);
  if (rule.StringEquals !== undefined) return value === rule.StringEquals;
  if (rule.BooleanEquals !== undefined) return value === rule.BooleanEquals;
  throw new Error(`the interpreter does not know this rule: ${JSON.stringify(rule)}`);
}

/** Keys that end with `.$` are paths, `$$` into the context object; a path that leads nowhere fails, as on AWS. */
export function fill(template: Record<string, string> | undefined, data: unknown, context: unknown): unknown {
  if (template === undefined) return data;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => {
      if (!key.endsWith('.$')) return [key, value];
      return [key.slice(0, -2), value.startsWith('$$') ? read(value.slice(1), context) : read(value, data)];
    }),
  );
}

function isPresent(path: string, data: unknown): boolean {
  try {
    read(path, data);
    return true;
  } catch {
    return false;
  }
}

function read(path: string, data: unknown): unknown {
  if (path === '$') return structuredClone(data);
  let value = data;
  for (const step of path.replace(/^\$\./, '').split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, step)) {
      throw new Error(`States.ParameterPathFailure: ${path}`);
    }
    value = (value as Record<string, unknown>)[step];
  }
  return structuredClone(value);
}

/** The state's data with a task's result added at its ResultPath. */
export function put(data: Record<string, unknown>, path: string, value: unknown): Record<string, unknown> {
  if (path === '$') return value as Record<string, unknown>;
  if (!/^\$\.\w+$/.test(path)) throw new Error(`the interpreter does not know this ResultPath: ${path}`);
  return { ...data, [path.slice(2)]: value };
}
