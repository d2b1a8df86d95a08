import { describe, expect, it } from '@jest/globals';
import { timeline } from '../../../core/incident/timeline.ts';
import { aborted, rejected, retried } from './histories.ts';

const seconds = (visit: { startedAt: Date; endedAt?: Date }) =>
  visit.endedAt && (visit.endedAt.getTime() - visit.startedAt.getTime()) / 1000;

describe('the timeline of a run', () => {
  it('lists each state with how it ended and how long it took', () => {
    const visits = timeline(rejected);

    expect(visits.map((visit) => [visit.state, visit.status, seconds(visit)])).toEqual([
      ['IdentifyFile', 'succeeded', 1],
      ['WhatNext', 'succeeded', 0],
      ['ValidateFile', 'failed', 2],
    ]);
    expect(visits[2]).toMatchObject({ error: 'FileRejectedError', cause: 'the column amount is missing' });
  });

  it('counts retries and keeps the last error that they overcame', () => {
    const [merge] = timeline(retried);

    expect(merge).toMatchObject({ state: 'MergeRows', status: 'succeeded', retries: 2, error: 'ThrottledError' });
  });

  it('shows the state under way as running', () => {
    const visits = timeline(retried);

    expect(visits.at(-1)).toMatchObject({ state: 'RefreshGold', status: 'running', retries: 0 });
    expect(visits.at(-1)?.endedAt).toBeUndefined();
  });

  it('ends the state under way when the run is stopped', () => {
    const visits = timeline(aborted);

    expect(visits.at(-1)).toMatchObject({ state: 'RefreshGold', status: 'failed' });
  });

  it('goes on in the failed state after a redrive', () => {
    const at = new Date('2026-03-01T12:00:00.000Z');
    const redriven = [
      ...rejected,
      { id: 14, type: 'ExecutionRedriven', at },
      { id: 15, type: 'LambdaFunctionScheduled', at },
      { id: 16, type: 'LambdaFunctionSucceeded', at },
      { id: 17, type: 'TaskStateExited', at, state: 'ValidateFile' },
    ];

    const visits = timeline(redriven);

    expect(visits.map((visit) => visit.state)).toEqual(['IdentifyFile', 'WhatNext', 'ValidateFile']);
    expect(visits.at(-1)).toMatchObject({ status: 'succeeded', retries: 1 });
  });
});
