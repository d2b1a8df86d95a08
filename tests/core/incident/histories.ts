import type { RunEvent } from '../../../core/incident/history.ts';

const start = Date.parse('2026-03-01T10:00:00.000Z');
const at = (seconds: number) => new Date(start + seconds * 1000);
const file = {
  file_id: '0123456789abcdef0123456789abcdef',
  dataset: 'orders',
  bucket: 'tributary-test-landing-111122223333',
  key: 'landing/orders/März bericht.csv',
  version_id: 'v1',
};

export const s3Event = JSON.stringify({
  source: 'aws.s3',
  detail: { bucket: { name: file.bucket }, object: { key: file.key, size: 12, 'version-id': 'v1' } },
});

const lambdaCause = (errorType: string, errorMessage: string) =>
  JSON.stringify({
    errorType,
    errorMessage,
    trace: [`${errorType}: ${errorMessage}`, '    at handler (index.js:1:1)'],
  });

/** As Step Functions records it: linked events, Lambda called through its resource ARN; ValidateFile refuses the file. */
export const rejected: RunEvent[] = [
  { id: 1, previousId: 0, type: 'ExecutionStarted', at: at(0), input: s3Event },
  { id: 2, previousId: 0, type: 'TaskStateEntered', at: at(0), state: 'IdentifyFile', input: s3Event },
  { id: 3, previousId: 2, type: 'LambdaFunctionScheduled', at: at(0), input: s3Event },
  { id: 4, previousId: 3, type: 'LambdaFunctionStarted', at: at(0.1) },
  { id: 5, previousId: 4, type: 'LambdaFunctionSucceeded', at: at(1), output: JSON.stringify(file) },
  { id: 6, previousId: 5, type: 'TaskStateExited', at: at(1), state: 'IdentifyFile' },
  { id: 7, previousId: 6, type: 'ChoiceStateEntered', at: at(1), state: 'WhatNext' },
  { id: 8, previousId: 7, type: 'ChoiceStateExited', at: at(1), state: 'WhatNext' },
  { id: 9, previousId: 8, type: 'TaskStateEntered', at: at(1), state: 'ValidateFile', input: JSON.stringify({ file }) },
  { id: 10, previousId: 9, type: 'LambdaFunctionScheduled', at: at(1) },
  { id: 11, previousId: 10, type: 'LambdaFunctionStarted', at: at(1.1) },
  {
    id: 12,
    previousId: 11,
    type: 'LambdaFunctionFailed',
    at: at(3),
    error: 'FileRejectedError',
    cause: lambdaCause('FileRejectedError', 'the column amount is missing'),
  },
  {
    id: 13,
    previousId: 12,
    type: 'ExecutionFailed',
    at: at(3),
    error: 'FileRejectedError',
    cause: lambdaCause('FileRejectedError', 'the column amount is missing'),
  },
];

/** As the local cloud records it: no links, Lambda as a plain task; the merge fails twice and then succeeds. */
export const retried: RunEvent[] = [
  { id: 1, type: 'ExecutionStarted', at: at(0), input: s3Event },
  { id: 2, type: 'TaskStateEntered', at: at(0), state: 'MergeRows', input: JSON.stringify({ file }) },
  { id: 3, type: 'TaskScheduled', at: at(0) },
  { id: 4, type: 'TaskFailed', at: at(1), error: 'CommitConflictError', cause: 'ICEBERG_COMMIT_ERROR' },
  { id: 5, type: 'TaskScheduled', at: at(2) },
  { id: 6, type: 'TaskFailed', at: at(3), error: 'ThrottledError', cause: 'Rate exceeded' },
  { id: 7, type: 'TaskScheduled', at: at(5) },
  { id: 8, type: 'TaskSucceeded', at: at(6) },
  { id: 9, type: 'TaskStateExited', at: at(6), state: 'MergeRows' },
  { id: 10, type: 'TaskStateEntered', at: at(6), state: 'RefreshGold' },
  { id: 11, type: 'TaskScheduled', at: at(6) },
];

/** Stopped by a person while a task ran. */
export const aborted: RunEvent[] = [...retried, { id: 12, type: 'ExecutionAborted', at: at(8), error: '', cause: '' }];

/** The execution ran into its own time limit: the event names no error. */
export const timedOut: RunEvent[] = [...retried, { id: 12, previousId: 0, type: 'ExecutionTimedOut', at: at(3600) }];

export const newestFirst = (events: RunEvent[]): RunEvent[] => [...events].reverse();
