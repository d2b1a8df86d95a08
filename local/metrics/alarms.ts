import type { CloudWatchClient, MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { GetMetricStatisticsCommand, paginateDescribeAlarms, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type { AlarmRule, AlarmState, MissingData, Sample } from './evaluate.ts';
import { dataPoints, evaluate, evaluationRange, isComparison, isStatistic, windowStep } from './evaluate.ts';

/** Evaluates every metric alarm and sets the state of those that change. Says once which ones it cannot evaluate. */
export function alarmKeeper(
  cloudwatch: CloudWatchClient,
  log: (message: string) => void,
): (now: number) => Promise<void> {
  const told = new Set<string>();
  return async (now) => {
    for await (const page of paginateDescribeAlarms({ client: cloudwatch }, { AlarmTypes: ['MetricAlarm'] })) {
      for (const alarm of page.MetricAlarms ?? []) {
        const rule = ruleOf(alarm);
        if (typeof rule === 'string') {
          if (!told.has(alarm.AlarmName!)) log(`alarm ${alarm.AlarmName} is not evaluated locally: ${rule}`);
          told.add(alarm.AlarmName!);
        } else await keep(cloudwatch, alarm, rule, now, log);
      }
    }
  };
}

async function keep(
  cloudwatch: CloudWatchClient,
  alarm: MetricAlarm,
  rule: AlarmRule,
  now: number,
  log: (message: string) => void,
): Promise<void> {
  const current = alarm.StateValue as AlarmState;
  const samples = await readSamples(cloudwatch, alarm, rule, now);
  const { state, reason } = evaluate(dataPoints(samples, rule, now), rule, current);
  if (state === current) return;
  await cloudwatch.send(
    new SetAlarmStateCommand({ AlarmName: alarm.AlarmName, StateValue: state, StateReason: reason }),
  );
  log(`alarm ${alarm.AlarmName}: ${current} -> ${state}: ${reason}`);
}

const MISSING: MissingData[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

/** The alarm's rule, or why it has none that can be evaluated here. */
export function ruleOf(alarm: MetricAlarm): AlarmRule | string {
  if (alarm.Metrics?.length || !alarm.MetricName) return 'it is on a metric expression';
  if (alarm.ExtendedStatistic) return `its statistic is ${alarm.ExtendedStatistic}`;
  if (!isStatistic(alarm.Statistic)) return `its statistic is ${alarm.Statistic}`;
  if (!isComparison(alarm.ComparisonOperator)) return `it compares by ${alarm.ComparisonOperator}`;
  const evaluationPeriods = alarm.EvaluationPeriods ?? 1;
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
  const treatment = alarm.Namespace === 'AWS/DynamoDB' ? 'ignore' : alarm.TreatMissingData;
  return {
    statistic: alarm.Statistic,
    periodSeconds: alarm.Period ?? 60,
    evaluationPeriods,
    datapointsToAlarm: alarm.DatapointsToAlarm ?? evaluationPeriods,
    threshold: alarm.Threshold ?? 0,
    comparison: alarm.ComparisonOperator,
    missing: MISSING.find((one) => one === treatment) ?? 'missing',
  };
}

async function readSamples(
  cloudwatch: CloudWatchClient,
  alarm: MetricAlarm,
  rule: AlarmRule,
  now: number,
): Promise<Sample[]> {
  const step = windowStep(rule.periodSeconds);
  const reach = evaluationRange(rule.evaluationPeriods) * rule.periodSeconds * 1000 + 2 * step;
  const { Datapoints = [] } = await cloudwatch.send(
    new GetMetricStatisticsCommand({
      Namespace: alarm.Namespace,
      MetricName: alarm.MetricName,
      Dimensions: alarm.Dimensions ?? [],
      StartTime: new Date(Math.floor((now - reach) / step) * step),
      EndTime: new Date(now + step),
      // As fine as the window moves.
      Period: step / 1000,
      Statistics: ['SampleCount', 'Sum', 'Minimum', 'Maximum'],
    }),
  );
  return Datapoints.filter((point) => !alarm.Unit || point.Unit === alarm.Unit).map((point) => ({
    at: point.Timestamp!.getTime(),
    count: point.SampleCount ?? 0,
    sum: point.Sum ?? 0,
    minimum: point.Minimum ?? 0,
    maximum: point.Maximum ?? 0,
  }));
}
