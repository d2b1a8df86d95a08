import { describe, expect, it } from '@jest/globals';
import { describeFailure, type EndedRun } from '../../../core/incident/failed-run.ts';
import { fileId } from '../../../core/ledger/file-id.ts';
import { aborted, newestFirst, rejected, s3Event } from './histories.ts';

const run = (over: Partial<EndedRun> = {}): EndedRun => ({
  arn: 'arn:aws:states:us-east-1:111122223333:execution:m:one',
  name: 'one',
  machine: 'm',
  status: 'FAILED',
  startedAt: new Date('2026-03-01T10:00:00.000Z'),
  stoppedAt: new Date('2026-03-01T10:00:03.000Z'),
  input: s3Event,
  ...over,
});

describe('a failed run', () => {
  it('is of one that brings a file in only if its input is the event of a file', () => {
    const undo = describeFailure(run({ input: '{"file_id":"x"}' }), newestFirst(rejected));
    const ingest = describeFailure(run(), newestFirst(rejected));

    expect([undo.file?.fileId, undo.ingests]).toEqual(['0123456789abcdef0123456789abcdef', false]);
    expect(ingest.ingests).toBe(true);
  });

  it('is told with state, error, cause and the file as IdentifyFile found it', () => {
    const failed = describeFailure(run(), newestFirst(rejected));

    expect(failed).toMatchObject({
      dataset: 'orders',
      state: 'ValidateFile',
      error: 'FileRejectedError',
      cause: 'the column amount is missing',
      file: { fileId: '0123456789abcdef0123456789abcdef', key: 'landing/orders/März bericht.csv', versionId: 'v1' },
      at: new Date('2026-03-01T10:00:03.000Z'),
    });
  });

  it('is told with the file of its event when it failed before IdentifyFile had named it', () => {
    const events = newestFirst(rejected.slice(0, 2));
    const failed = describeFailure(run({ error: 'Odd', cause: 'why' }), events);

    const id = fileId('tributary-test-landing-111122223333', 'landing/orders/März bericht.csv', 'v1');
    expect(failed).toMatchObject({ dataset: 'orders', error: 'Odd', cause: 'why', file: { fileId: id } });
  });

  it('is built of what there is when input and history are empty', () => {
    const failed = describeFailure(run({ input: undefined, status: 'TIMED_OUT' }), []);

    expect(failed).toMatchObject({ dataset: '-', state: '-', error: 'States.Timeout' });
    expect(failed.file).toBeUndefined();
  });

  it('is an abort when it was stopped', () => {
    const failed = describeFailure(run({ status: 'ABORTED' }), newestFirst(aborted));

    expect(failed).toMatchObject({ error: 'Aborted', state: 'RefreshGold' });
  });
});
