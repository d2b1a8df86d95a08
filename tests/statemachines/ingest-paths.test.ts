import { describe, expect, it } from '@jest/globals';
import {
  type FileRef,
  type GoldRefreshed,
  type Identified,
  IdentifyFileInput,
  LeadInput,
  type Merged,
  type Published,
  type Quarantined,
  QuarantineRowsInput,
  type Validated,
  ValidateFileInput,
} from '../../core/pipeline/payloads.ts';
import { type Outcome, readMachine, runMachine } from './interpreter.ts';

const machine = readMachine('statemachines/ingest.asl.json');

const event = {
  version: '0',
  detail: {
    bucket: { name: 'landing' },
    object: { key: 'landing/orders/a b é.csv', size: 12, etag: 'e', sequencer: '0' },
  },
};
const file: FileRef = {
  file_id: 'f1',
  dataset: 'orders',
  bucket: 'landing',
  key: 'landing/orders/a b é.csv',
  version_id: 'v1',
  etag: 'e',
  size: 12,
  last_modified: '2025-01-01T00:00:00.000Z',
  bronze_key: 'bronze/orders/ingest_date=2025-01-01/f1/a b é.csv',
};
const counts = { in: 3, accepted: 2, rejected: 1, duplicate: 0, superseded: 0 };

const returns = (value: unknown): Outcome => ({ returns: value });
const throws = (error: string): Outcome => ({ throws: error });
const times = (count: number, outcome: Outcome) => Array.from({ length: count }, () => outcome);

const identified = (next: Identified['next']) => returns({ next, ...file } satisfies Identified);
const validated = (quarantine: boolean) =>
  returns({
    stage_id: 'f1-1',
    attempt: 1,
    counts,
    staging_key: 's',
    profile_key: 'p',
    quarantine_key: quarantine ? 'q' : null,
    quarantine,
    warnings: [],
  } satisfies Validated);
const quarantined = returns({ rejected: 1, summary_key: 'q' } satisfies Quarantined);
const merged = (outcome: Merged['outcome']) =>
  returns({ outcome, leader_run: 'arn:leader', batch_seq: 1, files: 1, rows: 2 } satisfies Merged);
const refreshed = (outcome: GoldRefreshed['outcome']) => returns({ outcome, marts: [] } satisfies GoldRefreshed);
const published = (outcome: Published['outcome'], pages_left = false) =>
  returns({ outcome, pages_left, files: 1, counts } satisfies Published);

/** A run in which nothing is unusual; what a test scripts differently is put over it. */
const plain = {
  IdentifyFile: [identified('validate')],
  ValidateFile: [validated(false)],
  MergeRows: [merged('merged')],
  RefreshGold: [refreshed('refreshed')],
  PublishMetrics: [published('done')],
};
const plainPath = [
  ...['IdentifyFile', 'RouteFile', 'ValidateFile', 'AnyRowsRejected', 'MergeRows', 'RouteMerge'],
  ...['RefreshGold', 'RouteGold', 'PublishMetrics', 'RouteNext', 'Ingested'],
];

describe('the path of a file', () => {
  it('goes from landing to gold when every row is good', () => {
    const run = runMachine(machine, event, plain);

    expect(run.status).toBe('SUCCEEDED');
    expect(run.path).toEqual(plainPath);
  });

  it('leads through the quarantine when rows are rejected', () => {
    const script = { ...plain, ValidateFile: [validated(true)], QuarantineRows: [quarantined] };

    const run = runMachine(machine, event, script);

    expect(run.path.slice(3, 6)).toEqual(['AnyRowsRejected', 'QuarantineRows', 'MergeRows']);
    expect(run.path.at(-1)).toBe('Ingested');
  });

  it.each([
    ['already_ingested', 'AlreadyIngested'],
    ['undone', 'AlreadyUndone'],
    ['not_a_file', 'NotAFile'],
  ] as const)('ends well at once when the file is %s', (next, end) => {
    const run = runMachine(machine, event, { IdentifyFile: [identified(next)] });

    expect(run.status).toBe('SUCCEEDED');
    expect(run.path).toEqual(['IdentifyFile', 'RouteFile', end]);
  });

  it('skips the validation of a file that is staged already', () => {
    const { ValidateFile: _, ...rest } = plain;

    const run = runMachine(machine, event, { ...rest, IdentifyFile: [identified('merge')] });

    expect(run.path.slice(0, 4)).toEqual(['IdentifyFile', 'RouteFile', 'MergeRows', 'RouteMerge']);
  });

  it('ends well when another run leads the table', () => {
    const { RefreshGold: _, PublishMetrics: __, ...rest } = plain;

    const run = runMachine(machine, event, { ...rest, MergeRows: [merged('handed_over')] });

    expect(run.status).toBe('SUCCEEDED');
    expect(run.path.at(-1)).toBe('HandedOver');
    expect(run.output).toMatchObject({ merge: { leader_run: 'arn:leader' } });
  });

  it('waits while a MERGE and a refresh are under way', () => {
    const script = {
      ...plain,
      MergeRows: [merged('running'), merged('running'), merged('merged')],
      RefreshGold: [refreshed('running'), refreshed('refreshed')],
    };

    const run = runMachine(machine, event, script);

    expect(run.path.filter((state) => state.startsWith('Wait'))).toEqual([
      ...['WaitForMerge', 'WaitForMerge', 'WaitForGold'],
    ]);
    expect(run.path.at(-1)).toBe('Ingested');
  });

  it('goes round for files that were staged meanwhile', () => {
    const script = {
      ...plain,
      MergeRows: times(3, merged('merged')),
      RefreshGold: times(3, refreshed('refreshed')),
      PublishMetrics: [published('more'), published('more'), published('done')],
    };

    const run = runMachine(machine, event, script);

    expect(run.path.filter((state) => state === 'MergeRows')).toHaveLength(3);
    expect(run.path.at(-1)).toBe('Ingested');
  });
});

describe('report pages of very many days', () => {
  it('are made in several calls, once no files wait any more', () => {
    const script = {
      ...plain,
      MergeRows: times(2, merged('merged')),
      RefreshGold: times(2, refreshed('refreshed')),
      PublishMetrics: [published('more', true), published('done', true), published('done', true), published('done')],
    };

    const run = runMachine(machine, event, script);

    expect(run.path.filter((state) => state === 'PublishMetrics')).toHaveLength(4);
    expect(run.path.filter((state) => state === 'MergeRows')).toHaveLength(2);
    expect(run.path.at(-1)).toBe('Ingested');
  });

  it('are no matter of a function that does not tell of them yet, while both are being deployed', () => {
    const older = returns({ outcome: 'done', files: 1, counts });

    expect(runMachine(machine, event, { ...plain, PublishMetrics: [older] }).path).toEqual(plainPath);
  });
});

describe('what the states hand to each other', () => {
  it('is what each task takes', () => {
    const script = { ...plain, ValidateFile: [validated(true)], QuarantineRows: [quarantined] };
    const execution = 'arn:aws:states:us-east-1:000000000000:execution:tributary-dev-ingest:x';

    const { attempts } = runMachine(machine, event, script, execution);
    const input = Object.fromEntries(attempts.map((attempt) => [attempt.state, attempt.input]));

    expect(IdentifyFileInput.parse(input.IdentifyFile)).toEqual({ event, run: execution });
    expect(ValidateFileInput.parse(input.ValidateFile)).toEqual({ file, run: execution });
    expect(QuarantineRowsInput.parse(input.QuarantineRows)).toMatchObject({
      file,
      validation: { counts },
      run: execution,
    });
    for (const state of ['MergeRows', 'RefreshGold', 'PublishMetrics']) {
      expect(LeadInput.parse(input[state])).toEqual({ file, run: execution });
    }
  });

  it('is added to the event, which is what a new run takes', () => {
    const { output } = runMachine(machine, event, plain);

    expect(output).toMatchObject(event);
    expect(Object.keys(output)).toEqual([...Object.keys(event), 'file', 'validation', 'merge', 'gold', 'metrics']);
  });
});

describe('a task that fails', () => {
  it.each(['CommitConflictError', 'ThrottledError', 'ServiceUnavailableError', 'LeaseLostError'])(
    'with %s is tried again and goes on',
    (error) => {
      const run = runMachine(machine, event, { ...plain, MergeRows: [throws(error), throws(error), merged('merged')] });

      expect(run.status).toBe('SUCCEEDED');
      expect(run.attempts.filter(({ state }) => state === 'MergeRows')).toHaveLength(3);
    },
  );

  it.each(['FileRejectedError', 'UnknownDatasetError', 'ContractError', 'QueryRejectedError', 'Error'])(
    'with %s fails the run at once, by itself',
    (error) => {
      const run = runMachine(machine, event, { IdentifyFile: plain.IdentifyFile, ValidateFile: [throws(error)] });

      expect(run).toMatchObject({ status: 'FAILED', error, delaySeconds: 0 });
      expect(run.path.at(-1)).toBe('ValidateFile');
    },
  );

  it('has its retries anew each time it is entered', () => {
    const script = {
      ...plain,
      MergeRows: [
        ...times(4, throws('ServiceUnavailableError')),
        merged('running'),
        ...times(4, throws('ServiceUnavailableError')),
        merged('merged'),
      ],
    };

    const run = runMachine(machine, event, script);

    expect(run.path.at(-1)).toBe('Ingested');
  });

  it.each(['Sandbox.Timedout', 'Lambda.Unknown', 'States.Timeout'])(
    'with %s twice in ValidateFile fails: a file too large is not tried for hours',
    (error) => {
      const run = runMachine(machine, event, {
        IdentifyFile: plain.IdentifyFile,
        ValidateFile: times(2, throws(error)),
      });

      expect(run).toMatchObject({ status: 'FAILED', error });
    },
  );

  it('returns an outcome that nobody knows fails the run', () => {
    const { IdentifyFile, ValidateFile } = plain;
    const script = { IdentifyFile, ValidateFile, MergeRows: [returns({ outcome: 'odd' })] };

    const run = runMachine(machine, event, script);

    expect(run).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
  });
});
