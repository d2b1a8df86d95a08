import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { publishMetrics, publishRefused, publishSweep } from '../../aws/metrics.ts';
import type { BatchMetrics } from '../../core/pipeline/publish.ts';
import type { FileRecord } from '../../core/quality/record.ts';
import type { SweepReport } from '../../core/reconcile/report.ts';
import { type Datum, readEmf } from '../../local/metrics/emf.ts';

let lines: string[] = [];
const environment = { ...process.env };

beforeEach(() => {
  Object.assign(process.env, {
    STAGE: 'dev',
    POWERTOOLS_METRICS_NAMESPACE: 'Tributary',
    POWERTOOLS_SERVICE_NAME: 'tributary',
  });
  lines = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(...String(text).split('\n'));
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...environment };
});

const data = (): Datum[] => lines.flatMap(readEmf);
const valuesOf = (name: string) =>
  data()
    .filter((datum) => datum.name === name)
    .flatMap(({ values }) => values);

const counts = { in: 10, accepted: 8, rejected: 2, duplicate: 0, superseded: 0 };
const batch = (files: number): BatchMetrics => ({
  ...{
    dataset: 'orders',
    files,
    counts,
    rejectedPercent: 20,
    rulePassPercent: 99.5,
    anomalousFiles: 1,
    orphans: { flag: 3, hold: 2 },
  },
  ...{ bytesScanned: 1000, mergeSeconds: 3 },
  perFile: Array.from({ length: files }, (_, n) => ({
    ...{ bytes: 100 + n, rows: n, runSeconds: n === 0 ? undefined : 5, dropToGoldSeconds: 7 },
  })),
});

describe('the metrics of a batch', () => {
  it('go out by dataset, each in the format that CloudWatch takes', () => {
    publishMetrics(batch(2));

    expect(new Set(data().map(({ dimensions }) => JSON.stringify(dimensions)))).toEqual(
      new Set([JSON.stringify({ service: 'tributary', stage: 'dev', dataset: 'orders' })]),
    );
    expect(valuesOf('FilesIngested')).toEqual([2]);
    expect(valuesOf('FilesRejected')).toEqual([0]);
    expect(valuesOf('AnomalousFiles')).toEqual([1]);
    expect([...valuesOf('FlaggedOrphans'), ...valuesOf('HeldRows')]).toEqual([3, 2]);
    expect(valuesOf('RulePassPercent')).toEqual([99.5]);
    expect(valuesOf('FileBytes')).toEqual([100, 101]);
    expect(valuesOf('RowsPerFile')).toEqual([0, 1]);
    expect(valuesOf('RunSeconds')).toEqual([5]);
  });

  it.each([
    ['that refers to nothing', undefined, [[], [], []]],
    ['of which orphans were not counted', null, [[], [], [1]]],
    ['of which they were', { flag: 0, hold: 2 }, [[0], [2], [0]]],
  ])('tell of the orphans of a dataset %s', (_, orphans, values) => {
    publishMetrics({ ...batch(1), orphans });

    expect(['FlaggedOrphans', 'HeldRows', 'OrphansNotCounted'].map(valuesOf)).toEqual(values);
  });

  it('leave out how long a file took that had been out of the lake in between', () => {
    const [one] = batch(1).perFile;

    publishMetrics({ ...batch(1), perFile: [{ ...one!, dropToGoldSeconds: undefined }] });

    expect(valuesOf('DropToGoldSeconds')).toEqual([]);
    expect(valuesOf('FileBytes')).toEqual([100]);
  });

  it.each([99, 100, 101, 500])('have each of %i files once, with its dataset', (files) => {
    publishMetrics(batch(files));

    expect(valuesOf('FileBytes')).toEqual(Array.from({ length: files }, (_, n) => 100 + n));
    expect(valuesOf('DropToGoldSeconds').length).toBe(files);
    expect(data().every(({ dimensions }) => dimensions.dataset === 'orders')).toBe(true);
  });

  it('leave out a share of passed checks where nothing was checked', () => {
    publishMetrics({ ...batch(1), rulePassPercent: undefined });

    expect(valuesOf('RulePassPercent')).toEqual([]);
  });
});

describe('the metrics of a file that was refused', () => {
  it('let a success rate be made of them', () => {
    publishRefused({ dataset: 'orders', size: 55, rows_in: null } as FileRecord);

    expect([valuesOf('FilesIngested'), valuesOf('FilesRejected')]).toEqual([[0], [1]]);
    expect([valuesOf('FileBytes'), valuesOf('RowsPerFile')]).toEqual([[55], []]);
  });
});

describe('the metrics of a sweep', () => {
  it('have objects and bytes of each zone that was counted', () => {
    const none = { count: 0, first: [] };
    const zones = { landing: { objects: 3, bytes: 30 }, staging: { objects: 0, bytes: 0 } };

    publishSweep({ files: 3, accounted_for: 3, missed: none, stuck: none, zones } as unknown as SweepReport);

    expect(
      data()
        .filter(({ name }) => name.startsWith('Object'))
        .map(({ name, dimensions, values }) => [name, dimensions.zone, ...values]),
    ).toEqual([
      ['ObjectCount', 'landing', 3],
      ['ObjectBytes', 'landing', 30],
      ['ObjectCount', 'staging', 0],
      ['ObjectBytes', 'staging', 0],
    ]);
    expect(valuesOf('LandedFiles')).toEqual([3]);
  });
});
