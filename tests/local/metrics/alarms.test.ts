import { describe, expect, it } from '@jest/globals';
import { ruleOf } from '../../../local/metrics/alarms.ts';

const alarm = {
  AlarmName: 'runs-failed',
  Namespace: 'AWS/States',
  MetricName: 'ExecutionsFailed',
  Statistic: 'Sum' as const,
  Period: 60,
  EvaluationPeriods: 3,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold' as const,
};

describe('ruleOf', () => {
  it('fills in what an alarm leaves out', () => {
    const rule = ruleOf(alarm);

    expect(rule).toEqual({
      statistic: 'Sum',
      periodSeconds: 60,
      evaluationPeriods: 3,
      datapointsToAlarm: 3,
      threshold: 1,
      comparison: 'GreaterThanOrEqualToThreshold',
      missing: 'missing',
    });
  });

  it('ignores missing data of DynamoDB whatever the alarm says', () => {
    const rule = ruleOf({ ...alarm, Namespace: 'AWS/DynamoDB', TreatMissingData: 'breaching' });

    expect(rule).toMatchObject({ missing: 'ignore' });
  });

  it.each([
    ['a metric expression', { Metrics: [{ Id: 'e' }] }, 'it is on a metric expression'],
    ['a percentile', { ExtendedStatistic: 'p90' }, 'its statistic is p90'],
    [
      'an anomaly band',
      { ComparisonOperator: 'GreaterThanUpperThreshold' as const },
      'it compares by GreaterThanUpperThreshold',
    ],
  ])('says why it cannot evaluate %s', (_what, overrides, expected) => {
    const rule = ruleOf({ ...alarm, ...overrides });

    expect(rule).toBe(expected);
  });
});
