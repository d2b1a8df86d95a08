import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import aslValidator from 'asl-validator';
import { parse } from 'yaml';
import * as errors from '../../core/errors.ts';
import { readMachine } from './interpreter.ts';

const names = readdirSync(new URL('../../statemachines/', import.meta.url)).map((file) =>
  file.replace('.asl.json', ''),
);
const machines = names.map((name) => [name, readMachine(`statemachines/${name}.asl.json`)] as const);
const tasks = machines.flatMap(([name, machine]) =>
  Object.entries(machine.States)
    .filter(([, state]) => state.Type === 'Task')
    .map(([state, definition]) => [state, definition, name] as const),
);
const functions = readFunctions();

type Failure = new (message: string) => Error;
const leaves = Object.values(errors as Record<string, unknown>).filter(
  (value) => typeof value === 'function' && value !== errors.RetryableError && value !== errors.TerminalError,
) as Failure[];
const namesOf = (base: abstract new () => Error) =>
  leaves.filter((leaf) => leaf.prototype instanceof base).map((Leaf) => new Leaf('').name);

describe.each(machines)('the definition of %s', (_, machine) => {
  it('is valid Amazon States Language', () => {
    const { errors: found, isValid } = aslValidator(structuredClone(machine));

    expect(found).toEqual([]);
    expect(isValid).toBe(true);
  });

  it('has no Catch and no Fail state, so that a redrive goes on from the task that failed', () => {
    const states = Object.values(machine.States);

    expect(states.filter((state) => state.Catch !== undefined || state.Type === 'Fail')).toEqual([]);
  });

  it('explains each state', () => {
    const silent = Object.entries(machine.States).filter(([, state]) => !state.Comment);

    expect(silent).toEqual([]);
  });
});

describe('a definition', () => {
  it('is found invalid when a state is named that does not exist', () => {
    const broken = readMachine('statemachines/ingest.asl.json');
    broken.States.MergeRows!.Next = 'Nowhere';

    const { isValid } = aslValidator(broken);

    expect(isValid).toBe(false);
  });

  it.each(tasks)('calls the function of the same name in %s, without a version', (name, state) => {
    const expected = name.replace(/(?!^)[A-Z]/g, '-$&').toLowerCase();

    const [called, attribute] = state.Resource!['Fn::GetAtt'];

    expect([called, attribute]).toEqual([expected, 'Arn']);
    expect(functions[expected]?.handler).toBe(`functions/${expected}.handler`);
    expect(existsSync(new URL(`../../functions/${expected}.ts`, import.meta.url))).toBe(true);
  });

  it.each(tasks)('waits for %s a little longer than its function may run', (_, state) => {
    const { timeout } = functions[state.Resource!['Fn::GetAtt'][0]]!;

    expect(state.TimeoutSeconds).toBeGreaterThan(timeout);
    expect(state.TimeoutSeconds).toBeLessThanOrEqual(timeout + 30);
  });
});

describe('Retry', () => {
  const retryable = namesOf(errors.RetryableError as never);
  const terminal = namesOf(errors.TerminalError as never);

  it('is compared with every error that the core exports', () => {
    expect(retryable.length).toBeGreaterThan(0);
    expect(terminal.length).toBeGreaterThan(0);
    expect(retryable.length + terminal.length).toBe(leaves.length);
  });

  it.each(tasks)('of %s names every retryable error and what Lambda itself throws', (_, state) => {
    const lambda = ['ServiceException', 'AWSLambdaException', 'SdkClientException', 'TooManyRequestsException'];

    const named = state.Retry!.flatMap((retrier) => retrier.ErrorEquals);

    expect(named).toEqual(expect.arrayContaining([...retryable, ...lambda.map((name) => `Lambda.${name}`)]));
    expect(new Set(named).size).toBe(named.length);
  });

  it.each(tasks)('of %s names no terminal error, nor all errors', (_, state) => {
    const named = state.Retry!.flatMap((retrier) => retrier.ErrorEquals);

    expect(named.filter((name) => [...terminal, 'States.ALL', 'States.TaskFailed'].includes(name))).toEqual([]);
  });

  it.each(tasks)('of %s backs off with full jitter up to a limit', (_, state) => {
    for (const retrier of state.Retry!) {
      expect(retrier.JitterStrategy).toBe('FULL');
      expect(retrier.BackoffRate).toBeGreaterThan(1);
      expect(retrier.MaxAttempts).toBeGreaterThan(0);
      expect(retrier.MaxDelaySeconds).toBeGreaterThan(retrier.IntervalSeconds);
    }
  });
});

function readFunctions(): Record<string, { handler: string; timeout: number }> {
  const file = new URL('../../resources/functions.yml', import.meta.url);
  return parse(readFileSync(file, 'utf8'), { logLevel: 'silent' });
}
