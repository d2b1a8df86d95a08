import { describe, expect, it } from '@jest/globals';
import type { AlarmRule, AlarmState, Sample } from '../../../local/metrics/evaluate.ts';
import { dataPoints, evaluate, evaluationRange } from '../../../local/metrics/evaluate.ts';

function rule(overrides: Partial<AlarmRule> = {}): AlarmRule {
  return {
    statistic: 'Sum',
    periodSeconds: 60,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    threshold: 1,
    comparison: 'GreaterThanOrEqualToThreshold',
    missing: 'missing',
    ...overrides,
  };
}

/** `0 - X`: not breaching, missing, breaching; oldest first. */
function points(pattern: string) {
  const values: Record<string, number | undefined> = { '0': 0, X: 5, '-': undefined };
  return pattern.split(' ').map((symbol, index) => ({ start: index * 60_000, value: values[symbol] }));
}

const RETAIN = 'retain';
const TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;

// The tables of "Configuring how CloudWatch alarms treat missing data".
const THREE_OF_THREE: [string, ...string[]][] = [
  ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
  ['- - - - -', 'INSUFFICIENT_DATA', RETAIN, 'ALARM', 'OK'],
  ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - X - -', 'ALARM', RETAIN, 'ALARM', 'OK'],
  ['X - - - -', 'ALARM', RETAIN, 'ALARM', 'OK'],
  ['- - - - X', 'INSUFFICIENT_DATA', RETAIN, 'ALARM', 'OK'],
];
const TWO_OF_THREE: [string, ...string[]][] = [
  ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - X -', 'ALARM', RETAIN, 'ALARM', 'OK'],
  ['- - - - X', 'INSUFFICIENT_DATA', RETAIN, 'ALARM', 'OK'],
];

describe('evaluate', () => {
  describe.each([
    ['3 out of 3', 3, THREE_OF_THREE],
    ['2 out of 3', 2, TWO_OF_THREE],
  ] as const)('with %s', (_name, datapointsToAlarm, table) => {
    const cases = table.flatMap(([pattern, ...states]) =>
      TREATMENTS.map((missing, index) => ({ pattern, missing, documented: states[index]! })),
    );

    it.each(cases)(
      'gives $documented for $pattern when missing data is $missing',
      ({ pattern, missing, documented }) => {
        const alarm = rule({ evaluationPeriods: 3, datapointsToAlarm, missing });

        const states = (['OK', 'ALARM', 'INSUFFICIENT_DATA'] as AlarmState[]).map(
          (current) => evaluate(points(pattern), alarm, current).state,
        );

        expect(states).toEqual(
          documented === RETAIN ? ['OK', 'ALARM', 'INSUFFICIENT_DATA'] : [documented, documented, documented],
        );
      },
    );
  });

  it.each([
    ['GreaterThanThreshold', 1, 'OK'],
    ['GreaterThanThreshold', 1.1, 'ALARM'],
    ['GreaterThanOrEqualToThreshold', 1, 'ALARM'],
    ['LessThanThreshold', 1, 'OK'],
    ['LessThanThreshold', 0.9, 'ALARM'],
    ['LessThanOrEqualToThreshold', 1, 'ALARM'],
  ] as const)('compares by %s: %d against 1 is %s', (comparison, value, expected) => {
    const { state } = evaluate([{ start: 0, value }], rule({ comparison }), 'OK');

    expect(state).toBe(expected);
  });

  it('keeps to the newest data points when there are more than the alarm wants', () => {
    const { state } = evaluate(points('X X 0 0 0'), rule({ evaluationPeriods: 3, datapointsToAlarm: 1 }), 'ALARM');

    expect(state).toBe('OK');
  });

  it("gives CloudWatch's reasons", () => {
    const at = Date.UTC(2026, 10, 21, 8, 38);

    const reasons = [
      evaluate([{ start: at, value: 2 }], rule(), 'OK').reason,
      evaluate([{ start: at, value: 0.5 }], rule(), 'OK').reason,
      evaluate([{ start: at, value: undefined }], rule({ missing: 'notBreaching' }), 'OK').reason,
      evaluate([{ start: at, value: undefined }], rule(), 'OK').reason,
    ];

    expect(reasons).toEqual([
      'Threshold Crossed: 1 datapoint [2.0 (21/11/26 08:38:00)] was greater than or equal to the threshold (1.0).',
      'Threshold Crossed: 1 datapoint [0.5 (21/11/26 08:38:00)] was not greater than or equal to the threshold (1.0).',
      'Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].',
      'Insufficient Data: 1 datapoint was unknown.',
    ]);
  });
});

describe('evaluationRange', () => {
  it('is larger than the evaluation periods, and 5 for 3 as documented', () => {
    const ranges = [1, 2, 3, 5].map(evaluationRange);

    expect(ranges).toEqual([2, 4, 5, 9]);
  });
});

describe('dataPoints', () => {
  const minute = 60_000;
  const noon = Date.UTC(2026, 0, 1, 12);
  const sample = (at: number, value: number, count = 1): Sample => ({
    at,
    count,
    sum: value * count,
    minimum: value,
    maximum: value,
  });

  it('takes in the minute under way as soon as it breaches for good', () => {
    const now = noon + 20_000;

    const points = dataPoints([sample(noon, 1)], rule(), now);

    expect(points).toEqual([
      { start: noon - minute, value: undefined },
      { start: noon, value: 1 },
    ]);
  });

  it.each([
    ['it does not breach', rule({ threshold: 2 })],
    ['an average may still fall', rule({ statistic: 'Average' })],
    ['a sum may still grow past the threshold', rule({ comparison: 'LessThanThreshold', threshold: 5 })],
  ])('leaves the minute under way out when %s', (_why, alarm) => {
    const now = noon + 20_000;

    const points = dataPoints([sample(noon, 1)], alarm, now);

    expect(points.at(-1)).toEqual({ start: noon - minute, value: undefined });
  });

  it('waits a moment for the data of a minute that has just ended', () => {
    const samples = [sample(noon, 0)];

    const before = dataPoints(samples, rule(), noon + minute + 5000).at(-1);
    const after = dataPoints(samples, rule(), noon + minute + 10_000).at(-1);

    expect([before?.start, after?.start]).toEqual([noon - minute, noon]);
  });

  it.each([
    ['Sum', 10],
    ['Average', 2.5],
    ['Minimum', 1],
    ['Maximum', 3],
    ['SampleCount', 4],
  ] as const)('computes %s over the period', (statistic, expected) => {
    const samples = [sample(noon, 1), sample(noon + 30_000, 3, 3), sample(noon + minute, 100), sample(noon - 1, 100)];

    const points = dataPoints(samples, rule({ statistic, threshold: 1000 }), noon + minute + 15_000);

    expect(points.at(-1)).toEqual({ start: noon, value: expected });
  });

  it('returns to OK once the breach has left the evaluation range, and does not flap on the way', () => {
    const alarm = rule({ missing: 'notBreaching', statistic: 'Maximum' });
    const samples = [sample(noon + 17_000, 7), sample(noon + 46_000, 0)];

    const states: AlarmState[] = ['OK'];
    for (let now = noon + 18_000; now < noon + 5 * minute; now += 2000) {
      const known = samples.filter((one) => one.at <= now);
      const { state } = evaluate(dataPoints(known, alarm, now), alarm, states.at(-1)!);
      if (state !== states.at(-1)) states.push(state);
    }

    expect(states).toEqual(['OK', 'ALARM', 'OK']);
  });
});
