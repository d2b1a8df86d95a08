import { describe, expect, it } from '@jest/globals';
import { readEmf } from '../../../local/metrics/emf.ts';

function line(overrides: Record<string, unknown> = {}, directive: Record<string, unknown> = {}) {
  return JSON.stringify({
    _aws: {
      Timestamp: 1_767_225_600_000,
      CloudWatchMetrics: [
        {
          Namespace: 'Tributary',
          Dimensions: [['service', 'dataset']],
          Metrics: [
            { Name: 'RowsIn', Unit: 'Count' },
            { Name: 'RejectedPercent', Unit: 'Percent' },
          ],
          ...directive,
        },
      ],
    },
    service: 'tributary',
    dataset: 'orders',
    RowsIn: 10,
    RejectedPercent: [1, 2.5],
    ...overrides,
  });
}

describe('readEmf', () => {
  it('reads every metric with its unit, values, time and dimensions', () => {
    const data = readEmf(line());

    const common = {
      namespace: 'Tributary',
      dimensions: { service: 'tributary', dataset: 'orders' },
      at: 1_767_225_600_000,
      resolution: 60,
    };
    expect(data).toEqual([
      { ...common, name: 'RowsIn', unit: 'Count', values: [10] },
      { ...common, name: 'RejectedPercent', unit: 'Percent', values: [1, 2.5] },
    ]);
  });

  it('makes one metric for each set of dimensions, also the empty one', () => {
    const data = readEmf(line({}, { Dimensions: [['service'], []], Metrics: [{ Name: 'RowsIn' }] }));

    expect(data.map(({ dimensions, unit }) => [dimensions, unit])).toEqual([
      [{ service: 'tributary' }, 'None'],
      [{}, 'None'],
    ]);
  });

  it('keeps high resolution', () => {
    const [datum] = readEmf(line({}, { Metrics: [{ Name: 'RowsIn', StorageResolution: 1 }] }));

    expect(datum?.resolution).toBe(1);
  });

  it.each([
    ['is plain text', 'START RequestId: 1'],
    ['only speaks of _aws', 'the "_aws" member'],
    ['is cut', line().slice(0, -5)],
    ['has no time', line({ _aws: { CloudWatchMetrics: [] } })],
    ['has no dimension sets', line({}, { Dimensions: 'service' })],
    ['names a dimension that is missing', line({}, { Dimensions: [['nothing']] })],
    ['has a dimension that is no text', line({ dataset: 5 })],
    ['has no namespace', line({}, { Namespace: '' })],
    ['has values that are no numbers', line({ RowsIn: '10', RejectedPercent: ['1'] })],
    ['has too many values', line({ RowsIn: Array(101).fill(1), RejectedPercent: [] })],
  ])('takes nothing from a line that %s', (_why, text) => {
    const data = readEmf(text);

    expect(data).toEqual([]);
  });
});
