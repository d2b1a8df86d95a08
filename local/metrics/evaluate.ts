/** When a metric alarm changes its state, by CloudWatch's rules. Plain functions; the bridge brings the data. */

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type MissingData = 'missing' | 'ignore' | 'breaching' | 'notBreaching';

const COMPARISONS = {
  GreaterThanThreshold: { holds: (value: number, limit: number) => value > limit, words: 'greater than' },
  GreaterThanOrEqualToThreshold: {
    holds: (value: number, limit: number) => value >= limit,
    words: 'greater than or equal to',
  },
  LessThanThreshold: { holds: (value: number, limit: number) => value < limit, words: 'less than' },
  LessThanOrEqualToThreshold: {
    holds: (value: number, limit: number) => value <= limit,
    words: 'less than or equal to',
  },
};
export type Comparison = keyof typeof COMPARISONS;

const STATISTICS = ['Average', 'Sum', 'Minimum', 'Maximum', 'SampleCount'] as const;
export type Statistic = (typeof STATISTICS)[number];

export interface AlarmRule {
  statistic: Statistic;
  periodSeconds: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  threshold: number;
  comparison: Comparison;
  missing: MissingData;
}

/** What was published for the metric at one moment, in milliseconds since the epoch. */
export interface Sample {
  at: number;
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
}

/** One period's value; undefined when nothing was published in it. */
export interface DataPoint {
  start: number;
  value: number | undefined;
}

export interface Verdict {
  state: AlarmState;
  reason: string;
}

export function isComparison(value: string | undefined): value is Comparison {
  return value !== undefined && value in COMPARISONS;
}

export function isStatistic(value: string | undefined): value is Statistic {
  return STATISTICS.some((statistic) => statistic === value);
}

/**
 * How many periods back CloudWatch looks for data that it may use in place of missing data. It says only that they are
 * more than the evaluation periods, and gives 5 for 3 as an example; this keeps that proportion
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html).
 */
export function evaluationRange(evaluationPeriods: number): number {
  return Math.ceil((evaluationPeriods * 5) / 3);
}

/**
 * The evaluated window slides with every evaluation, by a minute, or by ten seconds where the period is below a minute
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html).
 */
export function windowStep(periodSeconds: number): number {
  return periodSeconds < 60 ? 10_000 : 60_000;
}

/** Data of a minute may arrive this much after it. */
const SETTLE_MILLIS = 10_000;

/**
 * The periods of the evaluation range, oldest first. They end with the last minute whose data are in; with a later one
 * if that breaches already and nothing that is still to come can undo it.
 */
export function dataPoints(samples: Sample[], rule: AlarmRule, now: number): DataPoint[] {
  const step = windowStep(rule.periodSeconds);
  const settled = Math.floor((now - SETTLE_MILLIS) / step) * step;
  for (let end = (Math.floor(now / step) + 1) * step; isFinal(rule) && end > settled; end -= step) {
    const points = pointsUntil(end, samples, rule);
    const newest = points.at(-1)?.value;
    if (newest !== undefined && COMPARISONS[rule.comparison].holds(newest, rule.threshold)) return points;
  }
  return pointsUntil(settled, samples, rule);
}

/** Whether a breach stays one however much more is published in the period (sums are of counts, which do not shrink). */
function isFinal({ comparison, statistic }: AlarmRule): boolean {
  return comparison.startsWith('Greater')
    ? statistic === 'Sum' || statistic === 'Maximum' || statistic === 'SampleCount'
    : statistic === 'Minimum';
}

function pointsUntil(end: number, samples: Sample[], rule: AlarmRule): DataPoint[] {
  const period = rule.periodSeconds * 1000;
  const range = evaluationRange(rule.evaluationPeriods);
  return Array.from({ length: range }, (_, index) => {
    const start = end - (range - index) * period;
    const inside = samples.filter((sample) => sample.at >= start && sample.at < start + period && sample.count > 0);
    return { start, value: statisticOf(inside, rule.statistic) };
  });
}

function statisticOf(samples: Sample[], statistic: Statistic): number | undefined {
  if (samples.length === 0) return undefined;
  const count = samples.reduce((total, sample) => total + sample.count, 0);
  const sum = samples.reduce((total, sample) => total + sample.sum, 0);
  switch (statistic) {
    case 'SampleCount':
      return count;
    case 'Sum':
      return sum;
    case 'Average':
      return sum / count;
    case 'Minimum':
      return Math.min(...samples.map((sample) => sample.minimum));
    case 'Maximum':
      return Math.max(...samples.map((sample) => sample.maximum));
  }
}

/**
 * The state that an alarm has after looking at `points` (oldest first). The rules, and the tables that the tests hold
 * this to, are those of
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html.
 */
export function evaluate(points: DataPoint[], rule: AlarmRule, current: AlarmState): Verdict {
  const { holds } = COMPARISONS[rule.comparison];
  const breaches = (point: DataPoint) => point.value !== undefined && holds(point.value, rule.threshold);
  const present = points.filter((point) => point.value !== undefined);
  // As many real data points as there are, and missing ones only to fill up.
  const evaluated = present.slice(-rule.evaluationPeriods);
  const filled = rule.evaluationPeriods - evaluated.length;
  const breaching = evaluated.filter(breaches).length;

  if (filled === 0) return verdict(breaching >= rule.datapointsToAlarm ? 'ALARM' : 'OK', evaluated, filled, rule);
  if (rule.missing === 'breaching') {
    return verdict(breaching + filled >= rule.datapointsToAlarm ? 'ALARM' : 'OK', evaluated, filled, rule);
  }
  if (breaching >= rule.datapointsToAlarm) return verdict('ALARM', evaluated, filled, rule);
  // A data point that does not breach, or missing data that counts as such.
  if (rule.missing === 'notBreaching' || breaching < evaluated.length) return verdict('OK', evaluated, filled, rule);
  if (rule.missing === 'ignore') return { state: current, reason: 'Missing data is ignored' };
  // Only breaching data, and less of it than the alarm wants: once it is old enough, nothing can speak against it.
  const oldest = points.findIndex(breaches);
  if (oldest >= 0 && points.length - oldest >= rule.datapointsToAlarm) return verdict('ALARM', evaluated, filled, rule);
  return verdict('INSUFFICIENT_DATA', evaluated, filled, rule);
}

function verdict(state: AlarmState, evaluated: DataPoint[], filled: number, rule: AlarmRule): Verdict {
  return { state, reason: reasonFor(state, evaluated, filled, rule) };
}

/** In CloudWatch's own words. */
function reasonFor(state: AlarmState, evaluated: DataPoint[], filled: number, rule: AlarmRule): string {
  const many = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`;
  if (state === 'INSUFFICIENT_DATA') {
    return `Insufficient Data: ${many(filled, 'datapoint was', 'datapoints were')} unknown.`;
  }
  const treated =
    filled > 0 && (rule.missing === 'breaching' || rule.missing === 'notBreaching')
      ? `${many(filled, 'missing datapoint was', 'missing datapoints were')} treated as [${rule.missing === 'breaching' ? 'Breaching' : 'NonBreaching'}]`
      : '';
  if (evaluated.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${many(filled, 'period', 'periods')} and ${treated}.`;
  }
  const values = [...evaluated].reverse().map((point) => `${decimal(point.value!)} (${stamp(point.start)})`);
  const negation = state === 'OK' ? 'not ' : '';
  const verb = evaluated.length === 1 ? 'datapoint' : 'datapoints';
  const was = evaluated.length === 1 ? 'was' : 'were';
  return `Threshold Crossed: ${evaluated.length} ${verb} [${values.join(', ')}] ${was} ${negation}${COMPARISONS[rule.comparison].words} the threshold (${decimal(rule.threshold)})${treated && ` and ${treated}`}.`;
}

function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `21/11/26 08:38:00`: day, month, year. */
function stamp(at: number): string {
  const [date = '', time = ''] = new Date(at).toISOString().split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}
