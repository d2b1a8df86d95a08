import { readdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Machine, readMachine, runMachine, type State } from './interpreter.ts';

/** Every task of every state machine, those inside a Map too. */
const files = readdirSync(new URL('../../statemachines/', import.meta.url)).filter((name) =>
  name.endsWith('.asl.json'),
);
const tasks = files.flatMap((file) => tasksOf(readMachine(`statemachines/${file}`), file.replace('.asl.json', '')));

function tasksOf(machine: Pick<Machine, 'States'>, path: string): [string, State][] {
  return Object.entries(machine.States).flatMap(([name, state]): [string, State][] => {
    const inner = (state as State & { ItemProcessor?: Pick<Machine, 'States'> }).ItemProcessor;
    if (inner !== undefined) return tasksOf(inner, `${path}/${name}`);
    return state.Type === 'Task' ? [[`${path}/${name}`, state]] : [];
  });
}

/** The state by itself: what it does when each attempt fails with this error, until one does not. */
function failing(state: State, error: string, failures: number) {
  const { Parameters: _, ...task } = state;
  const machine = {
    StartAt: 'Task',
    TimeoutSeconds: 60,
    States: { Task: { ...task, Next: 'End' }, End: { Type: 'Succeed' } },
  };
  const outcomes = Array.from({ length: failures }, () => ({ throws: error }));
  return runMachine(machine, {}, { Task: [...outcomes, { returns: {} }] });
}

/** Retries of each error, and the longest that their delays can add up to, in seconds; with full jitter it is half of it. */
const budgets: [string, number, number][] = [
  // Another commit is over within seconds.
  ['CommitConflictError', 6, 61],
  ['LeaseLostError', 6, 61],
  // Quotas of the account that a burst or another pipeline uses up: minutes.
  ['ThrottledError', 12, 846],
  ['Lambda.TooManyRequestsException', 12, 846],
  // A service that is away for a minute wakes nobody; one that stays away does, before long.
  ['ServiceUnavailableError', 8, 150],
  ['Lambda.ServiceException', 6, 122],
  ['Lambda.AWSLambdaException', 6, 122],
  ['Lambda.SdkClientException', 6, 122],
  ['Lambda.ClientExecutionTimeoutException', 6, 122],
];
/** A worker that was killed or took too long: what takes too long always does, so it is not tried for hours. */
const deaths = ['Sandbox.Timedout', 'Lambda.Unknown', 'Runtime.ExitError', 'States.Timeout'];
const killed = (path: string) =>
  path.endsWith('/ValidateFile') || path.includes('/ValidateFiles/') ? [1, 5] : [2, 15];

describe.each(tasks)('%s', (path, state) => {
  const [deathRetries, deathSeconds] = killed(path) as [number, number];
  const all = [...budgets, ...deaths.map((name): [string, number, number] => [name, deathRetries, deathSeconds])];

  it.each(all)('survives %s %d times, for which it waits %d seconds at most', (error, retries, seconds) => {
    const run = failing(state, error, retries);

    expect([run.status, run.delaySeconds]).toEqual(['SUCCEEDED', seconds]);
  });

  it.each(all)('fails by itself after that, so that its run is paged: %s', (error, retries) => {
    const script = () => failing(state, error, retries + 1);

    // The outcome after the last failure is never asked for: there is no attempt left.
    expect(script).toThrow('never attempted: Task');
  });

  it('does not retry what is not named', () => {
    expect(() => failing(state, 'Error', 1)).toThrow('never attempted: Task');
  });
});
