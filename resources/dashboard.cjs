const { readdirSync } = require('node:fs');
const path = require('node:path');

/**
 * What one looks at first: are files flowing, are rows rejected, is anything waiting, slow or dear; then of what quality
 * the files are, and how much there is.
 */
module.exports = async ({ resolveVariable }) => {
  const { prefix } = await resolveVariable('self:custom.names');
  const stage = await resolveVariable('sls:stage');
  const functions = Object.keys(await resolveVariable('file(resources/functions.yml)')).map(
    (name) => `${prefix}-${name}`,
  );

  const runs = (metric, label, stat = 'Sum') => [
    'AWS/States',
    metric,
    'StateMachineArn',
    reference('IngestStateMachine'),
    { label, stat },
  ];
  const lambda = (metric, stat) =>
    functions.map((name) => ['AWS/Lambda', metric, 'FunctionName', name, { label: name, stat }]);
  const byDataset = (metric, stat) => [
    [
      {
        expression: `SEARCH('{Tributary,dataset,service,stage} MetricName="${metric}" stage="${stage}"', '${stat}')`,
        label: reference("!PROP('Dim.dataset')"),
      },
    ],
  ];

  /** Several metrics on one chart, each by dataset. */
  const eachByDataset = (...metrics) =>
    metrics.flatMap(([metric, name]) => {
      const [[{ expression, label }]] = byDataset(metric, 'Sum');
      return [[{ expression, label: `${name}: ${label}` }]];
    });

  const bySweep = (...metrics) =>
    metrics.map(([metric, label]) => [
      ...['Tributary', metric, 'service', 'tributary', 'stage', stage],
      { label, stat: 'Maximum' },
    ]);

  const byZone = (metric) => [
    [
      {
        expression: `SEARCH('{Tributary,service,stage,zone} MetricName="${metric}" stage="${stage}"', 'Maximum')`,
        label: reference("!PROP('Dim.zone')"),
      },
    ],
  ];

  const rows = [
    [
      chart('Runs', [
        runs('ExecutionsStarted', 'started'),
        runs('ExecutionsSucceeded', 'succeeded'),
        runs('ExecutionsFailed', 'failed'),
        runs('ExecutionsTimedOut', 'timed out'),
        runs('ExecutionsAborted', 'aborted'),
      ]),
      chart('Duration of runs (ms)', [runs('ExecutionTime', 'median', 'p50'), runs('ExecutionTime', 'p95', 'p95')]),
      chart('Dead letters', [
        ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', `${prefix}-dead-letters`, { stat: 'Maximum' }],
      ]),
    ],
    [
      chart('Rows accepted', byDataset('RowsAccepted', 'Sum')),
      chart('Rows rejected', byDataset('RowsRejected', 'Sum')),
      chart('Rows rejected of a file (%)', byDataset('RejectedPercent', 'Maximum')),
    ],
    [
      chart('Errors of functions', lambda('Errors', 'Sum')),
      chart('Slowest file from drop to gold (s)', byDataset('DropToGoldSeconds', 'Maximum')),
      chart('Bytes scanned by merges', byDataset('BytesScanned', 'Sum')),
    ],
    [
      chart('Upload success rate: files ingested of those that ended (%)', successRates(stage)),
      chart('Files refused', byDataset('FilesRejected', 'Sum')),
      chart('Files unlike those before them', byDataset('AnomalousFiles', 'Sum')),
    ],
    [
      chart('Checks passed, worst batch (%)', byDataset('RulePassPercent', 'Minimum')),
      chart('Bytes of a file, median', byDataset('FileBytes', 'p50')),
      chart('Rows of a file, median', byDataset('RowsPerFile', 'p50')),
    ],
    [
      chart('From the start of a run to gold, p95 (s)', byDataset('RunSeconds', 'p95')),
      chart('Objects by zone, of landing all versions', byZone('ObjectCount'), hour),
      chart('Bytes by zone, of landing all versions', byZone('ObjectBytes'), hour),
    ],
    [
      chart('Rows that came', byDataset('RowsIn', 'Sum')),
      chart(
        'Rows not taken since the file has them again',
        eachByDataset(['RowsDuplicate', 'exact repeats'], ['RowsSuperseded', 'older versions']),
      ),
      chart('Longest merge (s)', byDataset('MergeSeconds', 'Maximum')),
    ],
    [
      chart(
        'Rows whose parent had not come',
        eachByDataset(['FlaggedOrphans', 'count all the same'], ['HeldRows', 'wait']),
      ),
      chart(
        'Left undone: it holds up no file',
        eachByDataset(['OrphansNotCounted', 'orphans not counted'], ['ReportsNotWritten', 'report pages not written']),
      ),
      chart(
        'Files in landing, by the hourly sweep',
        bySweep(
          ['LandedFiles', 'landed'],
          ['AccountedFor', 'accounted for'],
          ['UnaccountedFiles', 'not accounted for'],
          ['MissedFiles', 'missed'],
          ['StuckFiles', 'stuck'],
        ),
        hour,
      ),
    ],
  ];
  const widgets = rows.flatMap((charts, y) =>
    charts.map((properties, x) => ({ type: 'metric', width: 8, height: 6, x: x * 8, y: y * 6, properties })),
  );
  const body = { 'Fn::Sub': JSON.stringify({ widgets }) };
  return {
    Resources: {
      Dashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardName: prefix, DashboardBody: body } },
    },
  };
};

const chart = (title, metrics, period = 300) => ({
  title,
  metrics,
  view: 'timeSeries',
  region: reference('AWS::Region'),
  period,
});

/** Zones are counted by the hourly sweep. */
const hour = 3600;

/** Two searches can't be divided by each other, so each dataset has its own expression. */
const successRates = (stage) =>
  datasets().flatMap((dataset, index) => {
    const files = (metric, id) => [
      'Tributary',
      metric,
      'dataset',
      dataset,
      'service',
      'tributary',
      'stage',
      stage,
      { id: `${id}${index}`, stat: 'Sum', visible: false },
    ];
    const expression = `100 * ingested${index} / (ingested${index} + rejected${index})`;
    return [
      files('FilesIngested', 'ingested'),
      files('FilesRejected', 'rejected'),
      [{ expression, id: `rate${index}`, label: dataset }],
    ];
  });

const datasets = () =>
  readdirSync(path.join(__dirname, '..', 'schemas'))
    .filter((name) => name.endsWith('.odcs.yaml'))
    .sort()
    .map((name) => name.slice(0, -'.odcs.yaml'.length));

/** A placeholder of Fn::Sub; one that begins with `!` reaches CloudWatch as a placeholder of its own. */
const reference = (name) => `\${${name}}`;
