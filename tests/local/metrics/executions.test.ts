import { describe, expect, it } from '@jest/globals';
import { changeKey, executionMetrics, readStatusChange } from '../../../local/metrics/executions.ts';

const machine = 'arn:aws:states:us-east-1:000000000000:stateMachine:tributary-local-ingest';

function event(status: string, stopDate: number | null = 5500) {
  return JSON.stringify({
    source: 'aws.states',
    detail: { executionArn: `${machine}:1`, stateMachineArn: machine, status, startDate: 1000, stopDate },
  });
}

describe('executionMetrics', () => {
  it('counts a start at the moment of the start', () => {
    const data = executionMetrics(readStatusChange(event('RUNNING', null))!);

    expect(data).toMatchObject([
      { name: 'ExecutionsStarted', values: [1], at: 1000, dimensions: { StateMachineArn: machine } },
    ]);
  });

  it.each([
    ['SUCCEEDED', 'ExecutionsSucceeded'],
    ['FAILED', 'ExecutionsFailed'],
    ['TIMED_OUT', 'ExecutionsTimedOut'],
    ['ABORTED', 'ExecutionsAborted'],
  ])('counts %s as %s, with the time it took', (status, name) => {
    const data = executionMetrics(readStatusChange(event(status))!);

    expect(data.map((datum) => [datum.namespace, datum.name, datum.unit, datum.values, datum.at])).toEqual([
      ['AWS/States', name, 'Count', [1], 5500],
      ['AWS/States', 'ExecutionTime', 'Milliseconds', [4500], 5500],
    ]);
  });

  it('makes nothing of a status it does not know', () => {
    const data = executionMetrics(readStatusChange(event('PENDING_REDRIVE'))!);

    expect(data).toEqual([]);
  });
});

describe('readStatusChange', () => {
  it.each(['not json', '{}', '{"detail":{"status":"FAILED"}}'])('refuses %s', (text) => {
    const change = readStatusChange(text);

    expect(change).toBeUndefined();
  });

  it('names the same change the same, and another one otherwise', () => {
    const keys = [event('RUNNING'), event('RUNNING'), event('FAILED')].map((text) =>
      changeKey(readStatusChange(text)!),
    );

    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).not.toBe(keys[2]);
  });
});
