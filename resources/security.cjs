/**
 * One role a function, and one each for the state machine and the rule that starts it. A role may do what its function
 * does and nothing else; `*` stands alone only for actions that AWS knows no resource of.
 */
module.exports = async ({ resolveVariable }) => {
  const names = await resolveVariable('self:custom.names');
  const may = permissions(names);
  const roles = {
    'identify-file': [
      // Of versions, since a file is one version; HEAD and copying need what GET needs.
      may.objects(['GetObject', 'GetObjectVersion', 'GetObjectVersionTagging'], 'LandingBucket', ['landing/']),
      may.list(['ListBucket', 'ListBucketVersions'], 'LandingBucket', ['landing/']),
      may.list(['ListBucket'], 'LakeBucket', ['bronze/']),
      may.objects(['GetObject', 'PutObject', 'PutObjectTagging'], 'LakeBucket', ['bronze/']),
      // The rejected rows of a file that is brought back.
      may.showQuarantine(),
      may.useLedger(),
    ],
    'validate-file': [
      may.list(['ListBucket'], 'LakeBucket', ['bronze/']),
      may.objects(['GetObject'], 'LakeBucket', ['bronze/']),
      may.objects(['PutObject', 'AbortMultipartUpload'], 'LakeBucket', ['staging/', 'quarantine/']),
      // The rows of a file that is refused are shown from here, since its run ends; so is its record.
      may.showQuarantine(),
      ...may.keepRecords(),
      may.useLedger(),
    ],
    'quarantine-rows': [
      may.objects(['GetObject'], 'LakeBucket', ['staging/']),
      may.objects(['PutObject'], 'LakeBucket', ['quarantine/']),
      may.showQuarantine(),
      may.useLedger(),
      may.publish('NoticeTopic'),
    ],
    'merge-rows': [
      ...may.buildSilver(),
      may.useLedger(),
      // A file that its batch has failed of gets a run that says so.
      may.startRuns(),
    ],
    'refresh-gold': [...may.rebuildGold(), may.useLedger()],
    'publish-metrics': [
      ...may.query({ reads: ['staging', 'silver'], writes: [] }),
      // It waits for the count of orphans for a while only.
      may.stopQueries(),
      ...may.keepRecords(),
      // That a file is unlike those before it.
      may.publish('NoticeTopic'),
      may.useLedger(),
      may.startRuns(),
      // That an incident is resolved.
      may.publish('AlertTopic'),
    ],
    'generate-orders': [
      may.list(['ListBucket'], 'LandingBucket', ['landing/']),
      may.objects(['GetObject', 'PutObject'], 'LandingBucket', ['landing/']),
    ],
    'reconcile-landing': [
      may.list(['ListBucket', 'ListBucketVersions'], 'LandingBucket', ['landing/']),
      may.objects(['GetObject', 'GetObjectVersion'], 'LandingBucket', ['landing/']),
      may.list(['ListBucket'], 'LakeBucket', ['bronze/', 'staging/', 'quarantine/']),
      may.objects(['GetObject'], 'LakeBucket', ['bronze/']),
      may.objects(['PutObject'], 'LakeBucket', ['reports/_reconcile/']),
      may.useLedger(),
      may.startRuns(),
      // It reports failed runs of which nobody has been told.
      may.readRuns(),
      may.publish('AlertTopic'),
    ],
    'check-drift': [
      may.list(['ListBucket'], 'LakeBucket', ['quality/']),
      may.objects(['GetObject'], 'LakeBucket', ['quality/']),
      may.useLedger(),
      may.publish('NoticeTopic'),
    ],
    'plan-undo': [...may.query({ reads: ['staging', 'silver'], writes: [] }), may.useLedger()],
    'undo-file': [
      ...may.query({ reads: ['staging', 'silver'], writes: ['silver'] }),
      may.catalog(['CreateTable', 'UpdateTable'], { staging: ['*'], silver: ['*'] }),
      may.showQuarantine(),
      may.useLedger(),
      // What is in its way may have to be merged first; another operation may be under way.
      may.startRuns(),
      may.readRuns(),
    ],
    'finish-undo': [may.useLedger(), may.startRuns()],
    'plan-rollback': [...may.query({ reads: ['silver'], writes: [] }), may.useLedger()],
    'rollback-table': [
      ...may.query({ reads: ['silver'], writes: ['silver'] }),
      may.catalog(['UpdateTable'], { silver: ['*'] }),
      may.showQuarantine(),
      may.useLedger(),
      // As of undo-file.
      may.startRuns(),
      may.readRuns(),
    ],
    'finish-rollback': [may.useLedger(), may.startRuns()],
    'plan-replay': [
      may.catalog(['GetTable'], { silver: ['*'] }),
      // The names of a table that an earlier replay has not finished.
      may.catalog(['DeleteTable'], { staging: ['*__replay_*'], silver: ['*__replay_*'] }),
      may.useLedger(),
      // A long replay is handed on; an operation before it may still be under way.
      may.startReplays(),
      may.readRuns(),
    ],
    'build-replay': [...may.buildSilver(), may.useLedger()],
    'swap-replay': [
      ...may.buildSilver(),
      may.catalog(['DeleteTable'], { staging: ['*__replay_*'], silver: ['*__replay_*'] }),
      may.useLedger(),
      may.startRuns(),
    ],
    'maintain-tables': [
      ...may.query({ reads: ['silver', 'gold'], writes: ['silver', 'gold'] }),
      may.catalog(['UpdateTable'], { silver: ['*'], gold: ['*'] }),
      may.useLedger(),
      may.startRuns(),
    ],
    'finish-replay': [
      ...may.rebuildGold(),
      may.showQuarantine(),
      // Records follow what was validated anew.
      ...may.keepRecords(),
      may.objects(['GetObject'], 'LakeBucket', ['staging/', 'quarantine/']),
      may.useLedger(),
    ],
    'report-failure': [may.readRuns(), may.startRuns(), may.useLedger(), may.publish('AlertTopic')],
    'sweep-incidents': [may.listRuns(), may.readRuns(), may.startRuns(), may.useLedger(), may.publish('AlertTopic')],
    'record-alert': [may.useLedger()],
  };

  const resources = {};
  for (const [name, statements] of Object.entries(roles)) {
    resources[`${pascal(name)}Role`] = role('lambda.amazonaws.com', `Of the function ${names.prefix}-${name}`, [
      may.log(name),
      ...statements,
      mustKeepBronze,
    ]);
  }
  const tasks = Object.keys(roles).slice(0, 6);
  resources.IngestStateMachineRole = role(
    'states.amazonaws.com',
    'Of the state machine: invokes the functions of its states, logs and traces',
    [may.invoke(tasks), may.deliverLogs(), may.trace()],
    onlyThisAccount,
  );
  resources.UndoStateMachineRole = role(
    'states.amazonaws.com',
    'Of the state machine undo: invokes the functions of its states, logs and traces',
    [may.invoke(['plan-undo', 'undo-file', 'refresh-gold', 'finish-undo']), may.deliverLogs(), may.trace()],
    onlyThisAccount,
  );
  resources.RollbackStateMachineRole = role(
    'states.amazonaws.com',
    'Of the state machine rollback: invokes the functions of its states, logs and traces',
    [
      may.invoke(['plan-rollback', 'rollback-table', 'refresh-gold', 'finish-rollback']),
      may.deliverLogs(),
      may.trace(),
    ],
    onlyThisAccount,
  );
  resources.MaintainStateMachineRole = role(
    'states.amazonaws.com',
    'Of the state machine maintain: invokes the function of its state, logs and traces',
    [may.invoke(['maintain-tables']), may.deliverLogs(), may.trace()],
    onlyThisAccount,
  );
  resources.NightlyRuleRole = role(
    'events.amazonaws.com',
    'Of the nightly rule: starts the state machine maintain',
    [may.startMaintenance()],
    onlyThisAccount,
  );
  resources.ReplayStateMachineRole = role(
    'states.amazonaws.com',
    'Of the state machine replay: invokes the functions of its states, logs and traces',
    [
      may.invoke(['plan-replay', 'validate-file', 'build-replay', 'swap-replay', 'finish-replay']),
      may.deliverLogs(),
      may.trace(),
    ],
    onlyThisAccount,
  );
  resources.FileLandedRuleRole = role(
    'events.amazonaws.com',
    'Of the rule on dropped files: starts the state machine',
    [may.startRuns()],
    onlyThisAccount,
  );
  return { Resources: resources };
};

/** Statements, each naming its resources. */
function permissions({ prefix, database }) {
  const here = (service, path) => sub(`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${path}`);
  const machine = here('states', `stateMachine:${prefix}-ingest`);

  const may = {
    log: (name) =>
      allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [here('logs', `log-group:/aws/lambda/${prefix}-${name}:*`)]),

    list: (actions, bucket, prefixes) => ({
      ...allow(
        actions.map((action) => `s3:${action}`),
        [arnOf(bucket)],
      ),
      Condition: { StringLike: { 's3:prefix': prefixes.map((path) => `${path}*`) } },
    }),
    objects: (actions, bucket, paths) =>
      allow(
        actions.map((action) => `s3:${action}`),
        paths.map((path) => sub(`\${${bucket}.Arn}/${path}*`)),
      ),

    useLedger: () =>
      allow(
        ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem'].map((action) => `dynamodb:${action}`),
        [arnOf('LedgerTable'), sub(`\${LedgerTable.Arn}/index/by_dataset`)],
      ),

    publish: (topic) => allow(['sns:Publish'], [{ Ref: topic }]),

    showQuarantine: () =>
      may.catalog(['GetTable', 'CreatePartition', 'UpdatePartition', 'DeletePartition'], { ops: ['quarantine'] }),

    /** Reports are made of the records of a day, and of the reports of the days before it. */
    keepRecords: () => [
      may.list(['ListBucket'], 'LakeBucket', ['quality/']),
      may.objects(['GetObject', 'PutObject'], 'LakeBucket', ['quality/', 'reports/']),
      may.catalog(['GetTable', 'CreatePartition'], { ops: ['files'] }),
    ],

    invoke: (functions) =>
      allow(
        ['lambda:InvokeFunction'],
        functions.map((name) => here('lambda', `function:${prefix}-${name}`)),
      ),
    listRuns: () =>
      allow(
        ['states:ListExecutions'],
        ['ingest', 'undo', 'rollback', 'replay', 'maintain'].map((name) =>
          here('states', `stateMachine:${prefix}-${name}`),
        ),
      ),
    startMaintenance: () => allow(['states:StartExecution'], [here('states', `stateMachine:${prefix}-maintain`)]),
    startReplays: () => allow(['states:StartExecution'], [here('states', `stateMachine:${prefix}-replay`)]),
    startRuns: () => allow(['states:StartExecution'], [machine]),
    readRuns: () =>
      allow(
        ['states:DescribeExecution', 'states:GetExecutionHistory'],
        ['ingest', 'undo', 'rollback', 'replay', 'maintain'].map((name) =>
          here('states', `execution:${prefix}-${name}:*`),
        ),
      ),
    // Neither log deliveries nor traces have a resource level.
    deliverLogs: () =>
      allow(
        [
          'logs:CreateLogDelivery',
          'logs:DeleteLogDelivery',
          'logs:DescribeLogGroups',
          'logs:DescribeResourcePolicies',
          'logs:GetLogDelivery',
          'logs:ListLogDeliveries',
          'logs:PutResourcePolicy',
          'logs:UpdateLogDelivery',
        ],
        ['*'],
      ),
    trace: () =>
      allow(
        ['xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
        ['*'],
      ),

    /** Glue checks the catalog, the database and the table of each call. Tables by database, without its prefix. */
    catalog: (actions, tables) =>
      allow(
        actions.map((action) => `glue:${action}`),
        [
          here('glue', 'catalog'),
          ...Object.keys(tables).map((name) => here('glue', `database/${database}_${name}`)),
          ...Object.entries(tables).flatMap(([name, list]) =>
            list.map((table) => here('glue', `table/${database}_${name}/${table}`)),
          ),
        ],
      ),

    buildSilver: () => [
      ...may.query({ reads: ['staging', 'silver'], writes: ['silver'] }),
      // The external table over a dataset's staged files follows the contract.
      may.catalog(['CreateTable', 'UpdateTable'], { staging: ['*'], silver: ['*'] }),
    ],
    rebuildGold: () => [
      ...may.query({ reads: ['silver', 'gold'], writes: ['gold'] }),
      // A mart whose columns have changed is dropped and made anew.
      may.catalog(['CreateTable', 'UpdateTable', 'DeleteTable'], { gold: ['*'] }),
      // A mart may read a dataset of which no file has come yet, or none since its contract gained a column: its table is
      // made, empty, or altered. Of silver that is metadata only.
      may.catalog(['CreateTable', 'UpdateTable'], { silver: ['*'] }),
      may.objects(['PutObject', 'DeleteObject', 'AbortMultipartUpload'], 'LakeBucket', ['silver/*/metadata/']),
      // Views of silver that a contract does not ask for any more.
      may.catalog(['DeleteTable'], { silver: ['*_current', '*_history', '*_held'] }),
    ],

    stopQueries: () => allow(['athena:StopQueryExecution'], [here('athena', `workgroup/${prefix}-pipeline`)]),

    /** Athena reads and writes with the permissions of whoever starts the query. Areas are databases and folders alike. */
    query: ({ reads, writes }) => [
      allow(
        ['StartQueryExecution', 'GetQueryExecution', 'GetQueryResults'].map((action) => `athena:${action}`),
        [here('athena', `workgroup/${prefix}-pipeline`)],
      ),
      may.catalog(
        ['GetDatabase', 'GetDatabases', 'GetTable', 'GetTables', 'GetPartition', 'GetPartitions', 'BatchGetPartition'],
        Object.fromEntries(reads.map((name) => [name, ['*']])),
      ),
      // Athena looks for the default database, and makes it where there is none, before any data definition:
      // https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
      allow(['glue:GetDatabase', 'glue:CreateDatabase'], [here('glue', 'catalog'), here('glue', 'database/default')]),
      allow(['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], [arnOf('LakeBucket')]),
      may.objects(['GetObject'], 'LakeBucket', folders(reads)),
      may.objects(['GetObject', 'PutObject', 'AbortMultipartUpload', 'ListMultipartUploadParts'], 'LakeBucket', [
        'athena-results/pipeline/',
      ]),
      // A statement that fails removes what it wrote.
      ...(writes.length === 0
        ? []
        : [
            may.objects(
              ['PutObject', 'DeleteObject', 'AbortMultipartUpload', 'ListMultipartUploadParts'],
              'LakeBucket',
              folders(writes),
            ),
          ]),
    ],
  };
  return may;
}

/** Against the confused deputy: the service may act for this account only. */
const onlyThisAccount = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };

function role(service, description, statements, condition) {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      Description: description,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: service },
            Action: 'sts:AssumeRole',
            ...(condition && { Condition: condition }),
          },
        ],
      },
      Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
    },
  };
}

const allow = (actions, resources) => ({ Effect: 'Allow', Action: actions, Resource: resources });
const arnOf = (resource) => ({ 'Fn::GetAtt': [resource, 'Arn'] });
const folders = (areas) => areas.map((name) => `${name}/`);
const sub = (text) => ({ 'Fn::Sub': text });
const pascal = (name) => name.replace(/(^|-)(\w)/g, (_, __, letter) => letter.toUpperCase());

/** Whatever else a function is ever allowed: files stay as they came. */
const mustKeepBronze = {
  Effect: 'Deny',
  Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  Resource: [sub(`\${LakeBucket.Arn}/bronze/*`)],
};
