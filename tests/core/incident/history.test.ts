import { describe, expect, it } from '@jest/globals';
import { failureOf, readCause } from '../../../core/incident/history.ts';
import { aborted, newestFirst, rejected, retried, timedOut } from './histories.ts';

describe('the failure of a run', () => {
  it('is the state that the linked events lead back to, with the error and the unwrapped cause', () => {
    const history = newestFirst(rejected);

    const failure = failureOf(history);

    expect(failure).toMatchObject({
      state: 'ValidateFile',
      error: 'FileRejectedError',
      cause: 'the column amount is missing',
    });
    expect(JSON.parse(failure?.input ?? '')).toHaveProperty('file.dataset', 'orders');
  });

  it('is the state entered last where the history has no links', () => {
    const history = newestFirst(aborted);

    const failure = failureOf(history);

    expect(failure).toMatchObject({ state: 'RefreshGold', error: 'Aborted' });
    expect(failure?.cause).toContain('stopped by hand');
  });

  it('does not take over an error that a retry overcame in an earlier state', () => {
    const history = newestFirst(timedOut);

    const failure = failureOf(history);

    expect(failure).toMatchObject({ state: 'RefreshGold', error: 'States.Timeout' });
    expect(failure?.cause).toContain('longer than the state machine allows');
  });

  it('takes the state along the links when another branch entered a state later', () => {
    const at = new Date(0);
    const history = newestFirst([
      { id: 1, previousId: 0, type: 'TaskStateEntered', at, state: 'Left' },
      { id: 2, previousId: 0, type: 'TaskStateEntered', at, state: 'Right' },
      { id: 3, previousId: 1, type: 'LambdaFunctionFailed', at, error: 'QueryRejectedError', cause: 'left' },
      { id: 4, previousId: 3, type: 'ExecutionFailed', at, error: 'QueryRejectedError', cause: 'left' },
    ]);

    const failure = failureOf(history);

    expect(failure?.state).toBe('Left');
  });

  it('takes the error of the task when the end of the execution has none', () => {
    const at = new Date(0);
    const history = newestFirst([
      { id: 1, type: 'TaskStateEntered', at, state: 'MergeRows' },
      { id: 2, type: 'TaskFailed', at, error: 'QueryRejectedError', cause: 'COLUMN_NOT_FOUND: line 3' },
      { id: 3, type: 'ExecutionFailed', at },
    ]);

    const failure = failureOf(history);

    expect(failure).toMatchObject({ error: 'QueryRejectedError', cause: 'COLUMN_NOT_FOUND: line 3' });
  });

  it('is absent while the run goes on', () => {
    const history = newestFirst(retried);

    const failure = failureOf(history);

    expect(failure).toBeUndefined();
  });
});

describe('a cause', () => {
  it.each([
    ['{"errorType":"Error","errorMessage":"disk full","trace":[]}', 'disk full'],
    ['plain words', 'plain words'],
    ['{"not":"an error"}', '{"not":"an error"}'],
    ['"a string"', '"a string"'],
    [undefined, ''],
  ])('reads %s', (given, expected) => {
    const cause = readCause(given);

    expect(cause).toBe(expected);
  });
});
