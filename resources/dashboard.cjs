/** What one looks at first: are files flowing, are rows rejected, is anything waiting, slow or dear. */
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

const chart = (title, metrics) => ({
  title,
  metrics,
  view: 'timeSeries',
  region: reference('AWS::Region'),
  period: 300,
});

/** A placeholder of Fn::Sub; one that begins with `!` reaches CloudWatch as a placeholder of its own. */
const reference = (name) => `\${${name}}`;
