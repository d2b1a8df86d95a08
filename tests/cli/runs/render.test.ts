import { describe, expect, it } from '@jest/globals';
import { describeRun } from '../../../cli/runs/describe.ts';
import { runJson, runRow, stateRows } from '../../../cli/runs/render.ts';
import { timeline } from '../../../core/incident/timeline.ts';
import { rejected, retried } from '../../core/incident/histories.ts';
import { arnOf, ended, eventOf, execution } from './runs-fixture.ts';

const now = new Date('2026-03-01T10:16:00.000Z');
const file = { file_id: 'f'.repeat(32), dataset: 'orders', key: 'landing/orders/a.csv', version_id: 'v1' };

describe('what a run says of itself', () => {
  it.each([
    ['done', ended('r', { file, merge: { outcome: 'merged' }, metrics: { outcome: 'done' } })],
    ['handed_over', ended('r', { file, merge: { outcome: 'handed_over', leader_run: arnOf('leader') } })],
    ['done', ended('r', { file, merge: { outcome: 'handed_over' }, metrics: { outcome: 'more' } })],
    ['already_ingested', ended('r', { file: { ...file, next: 'already_ingested' } })],
    ['not_a_file', ended('r', { file: { next: 'not_a_file', reason: 'a folder' } })],
    ['running', execution('r')],
    ['failed', execution('r', { status: 'FAILED', error: 'FileRejectedError', cause: '{"errorMessage":"empty"}' })],
    ['timed_out', execution('r', { status: 'TIMED_OUT' })],
    ['stopped', execution('r', { status: 'ABORTED' })],
  ])('is %s', (outcome, run) => {
    expect(describeRun(run).outcome).toBe(outcome);
  });

  it('names the leader, the reason and the file', () => {
    const handedOver = describeRun(
      ended('r', { file, merge: { outcome: 'handed_over', leader_run: arnOf('leader') } }),
    );
    const failed = describeRun(
      execution('r', { status: 'FAILED', error: 'FileRejectedError', cause: '{"errorMessage":"empty"}' }),
    );

    expect(handedOver).toMatchObject({ leader: arnOf('leader'), fileId: file.file_id, dataset: 'orders' });
    expect(failed).toMatchObject({ reason: 'FileRejectedError: empty', key: file.key, versionId: 'v1' });
  });

  it('names what the file was taken in spite of', () => {
    const warnings = ['3 rows break email.format', 'the file breaks volume: row count must be at least 10, found 3'];

    const facts = describeRun(ended('r', { file, validation: { warnings }, metrics: { outcome: 'done' } }));

    expect(facts.warnings).toEqual(warnings);
  });

  it('is said even when input and output are no JSON', () => {
    const facts = describeRun(execution('r', { status: 'SUCCEEDED', input: 'x', output: '{' }));

    expect(facts).toMatchObject({ outcome: 'done', key: undefined });
  });
});

describe('the row of a run', () => {
  it('holds name, outcome, time, dataset, file and error', () => {
    const run = execution('r1', {
      status: 'FAILED',
      error: 'ContractError',
      stoppedAt: new Date('2026-03-01T10:15:01.500Z'),
    });

    const row = runRow({ ...run, input: eventOf('v1', 'landing/orders/2026/März 1.csv') }, now);

    expect(row).toEqual(['r1', 'failed', '2026-03-01 10:15:00', '1.5 s', 'orders', '2026/März 1.csv', 'ContractError']);
  });

  it('counts up while the run goes on', () => {
    expect(runRow(execution('r1'), now)[3]).toBe('1 min 0 s');
    expect(runJson(execution('r1'), now)).toMatchObject({ outcome: 'running', stopped_at: null, milliseconds: 60_000 });
  });
});

describe('the states of a run', () => {
  it('leave out the choices that a run passed through', () => {
    const rows = stateRows(timeline(rejected), now);

    expect(rows.map((row) => [row[0], row[1], row[3], row[5]])).toEqual([
      ['IdentifyFile', 'succeeded', '1.0 s', ''],
      ['ValidateFile', 'failed', '2.0 s', 'FileRejectedError'],
    ]);
  });

  it('show retries and the state under way', () => {
    const rows = stateRows(timeline(retried), now);

    expect(rows[0]).toEqual(['MergeRows', 'succeeded', '2026-03-01 10:00:00', '6.0 s', 2, 'ThrottledError']);
    expect(rows[1]?.slice(0, 2)).toEqual(['RefreshGold', 'running']);
  });
});
