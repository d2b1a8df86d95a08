const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { parse } = require('yaml');

const SCHEMAS = path.join(__dirname, '..', 'schemas');

/**
 * Every alarm tells the alert topic when it rings and when it is over, and says in words what it means. None is on failed
 * runs: report-failure pages for those, once an incident, and sweep-incidents for those that it was not told of
 * (docs/decisions/incidents.md). The alarms are on what would keep these two from doing so.
 */
module.exports = async ({ resolveVariable }) => {
  const { prefix } = await resolveVariable('self:custom.names');
  const stage = await resolveVariable('sls:stage');
  return {
    Resources: {
      ...deadLetterAlarm(prefix),
      ...functionAlarms(prefix),
      ...sweepAlarms(prefix, stage),
      ...reportAlarm(prefix, stage),
      ...rejectAlarms(prefix, stage),
    },
  };
};

module.exports.rejectLimits = rejectLimits;

function deadLetterAlarm(prefix) {
  const meaning =
    'An event could not be delivered in a day: a dropped file started no run, or a failure was not reported.';
  return {
    DeadLettersAlarm: alarm(`${prefix}-dead-letters`, meaning, 'dead-letters', {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['DeadLetterQueue', 'QueueName'] } }],
      ...atLeastOne,
      Statistic: 'Maximum',
    }),
  };
}

function functionAlarms(prefix) {
  const functions = {
    'report-failure': 'A run failed and report-failure could not say why: look at the run itself.',
    'sweep-incidents':
      'What stands behind report-failure failed: failed runs may be left that nobody has been told of.',
    'record-alert': 'A message of the alert topic was sent but not kept in the ledger.',
    'reconcile-landing': 'The sweep that looks for missed and stuck files failed: nobody looks for them.',
    'check-drift': 'The daily look for drift failed: owners are not told when files differ from their contract.',
  };
  return Object.fromEntries(
    Object.entries(functions).map(([name, meaning]) => [
      `${pascal(name)}ErrorsAlarm`,
      alarm(`${prefix}-${name}-errors`, meaning, `${name}-errors`, {
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        Dimensions: [{ Name: 'FunctionName', Value: `${prefix}-${name}` }],
        ...atLeastOne,
      }),
    ]),
  );
}

/** A sweep comes once an hour: until the next has spoken, what the last one found stands. */
function sweepAlarms(prefix, stage) {
  const kinds = {
    StuckFiles: {
      name: 'files-stuck',
      meaning: 'Files have not moved for hours, and starting their runs again does not help.',
    },
    UnaccountedFiles: {
      name: 'files-unaccounted',
      meaning: 'Files lie in landing that the pipeline does not know, and no run could be started for them.',
    },
  };
  return Object.fromEntries(
    Object.entries(kinds).map(([metric, { name, meaning }]) => [
      `${metric}Alarm`,
      alarm(`${prefix}-${name}`, meaning, name, {
        Namespace: 'Tributary',
        MetricName: metric,
        Dimensions: [
          { Name: 'service', Value: 'tributary' },
          { Name: 'stage', Value: stage },
        ],
        ...atLeastOne,
        Statistic: 'Maximum',
        TreatMissingData: 'ignore',
      }),
    ]),
  );
}

/** One for all datasets: where pages can not be written, it is mostly for a reason of them all. */
function reportAlarm(prefix, stage) {
  const meaning = 'A report page could not be written. Data is not affected, and records are kept: the page is late.';
  return {
    ReportsNotWrittenAlarm: alarm(`${prefix}-reports-not-written`, meaning, 'reports-not-written', {
      Namespace: 'Tributary',
      MetricName: 'ReportsNotWritten',
      Dimensions: [
        { Name: 'service', Value: 'tributary' },
        { Name: 'stage', Value: stage },
      ],
      ...atLeastOne,
    }),
  };
}

/** One alarm a contract, so that a new dataset is watched as soon as its contract is there. */
function rejectAlarms(prefix, stage) {
  return Object.fromEntries(
    contracts().map(({ dataset, contract, file }) => {
      const { limit, threshold } = rejectLimits(contract, file);
      const meaning = `More than ${threshold} % of a file's rows of ${dataset} were rejected (at ${limit} % the file is refused whole).`;
      return [
        `RejectedRows${pascal(dataset)}Alarm`,
        alarm(`${prefix}-rejected-rows-${dataset}`, meaning, 'rejected-rows', {
          Namespace: 'Tributary',
          MetricName: 'RejectedPercent',
          Dimensions: [
            { Name: 'service', Value: 'tributary' },
            { Name: 'stage', Value: stage },
            { Name: 'dataset', Value: dataset },
          ],
          Statistic: 'Maximum',
          ComparisonOperator: 'GreaterThanThreshold',
          Threshold: threshold,
        }),
      ];
    }),
  );
}

/**
 * From which share of rejected rows on a contract wants a file refused, and from which an alarm: four fifths of the
 * former unless it says so, as core/contract/parse.ts has it. Throws, naming the file, on what is no share.
 */
function rejectLimits(contract, file) {
  const properties = contract.schema?.[0]?.customProperties ?? [];
  const own = (property) => properties.find((item) => item.property === property)?.value;
  const limit = own('maxRejectPercent');
  const threshold = own('alarmRejectPercent') ?? (limit * 4) / 5;
  for (const [property, value] of Object.entries({ maxRejectPercent: limit, alarmRejectPercent: threshold })) {
    if (typeof value !== 'number' || !(value >= 0 && value <= 100)) {
      throw new Error(`${file}: ${property} must be a number from 0 to 100, not ${JSON.stringify(value)}`);
    }
  }
  return { limit, threshold };
}

function contracts() {
  return readdirSync(SCHEMAS)
    .filter((name) => name.endsWith('.odcs.yaml'))
    .sort()
    .map((name) => ({
      file: `schemas/${name}`,
      dataset: name.slice(0, -'.odcs.yaml'.length),
      contract: parse(readFileSync(path.join(SCHEMAS, name), 'utf8')),
    }));
}

const atLeastOne = { Statistic: 'Sum', ComparisonOperator: 'GreaterThanOrEqualToThreshold', Threshold: 1 };

function alarm(name, meaning, anchor, metric) {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: name,
      AlarmDescription: `${meaning} First look: docs/runbook.md#${anchor}`,
      Period: 60,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      ...metric,
      AlarmActions: [{ Ref: 'AlertTopic' }],
      OKActions: [{ Ref: 'AlertTopic' }],
    },
  };
}

const pascal = (name) => name.replace(/(^|[-_])(\w)/g, (_, __, letter) => letter.toUpperCase());
