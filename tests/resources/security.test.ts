import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { load, type Resource, variables } from './load.ts';

interface Statement {
  Effect: string;
  Action: string[];
  Resource: unknown[];
}

/** Actions that AWS knows no resource of: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html and xray-iam.html. */
const withoutResource = [
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

const machines = readdirSync(new URL('../../statemachines/', import.meta.url)).map((file) =>
  file.replace('.asl.json', ''),
);

const functions: Record<string, { role: string }> = parse(
  readFileSync(new URL('../../resources/functions.yml', import.meta.url), 'utf8'),
  { logLevel: 'silent' },
);
let roles: Record<string, Resource>;

beforeAll(async () => {
  roles = (await load<{ Resources: Record<string, Resource> }>('security.cjs', variables)).Resources;
});

const statements = (role: string): Statement[] =>
  (roles[role]!.Properties.Policies as { PolicyDocument: { Statement: Statement[] } }[]).flatMap(
    (policy) => policy.PolicyDocument.Statement,
  );

/** What a role may do an action with: ARNs without what they begin with. */
const allowed = (role: string, action: string): string[] => named(role, action, 'Allow');

/** Whatever else it says. */
const denied = (role: string, action: string): string[] => named(role, action, 'Deny');

const named = (role: string, action: string, effect: string): string[] =>
  statements(role)
    .filter(({ Action, Effect }) => Action.includes(action) && Effect === effect)
    .flatMap(({ Resource }) => Resource.map((resource) => (resource as { 'Fn::Sub': string })['Fn::Sub']))
    .map((arn) => arn.replace(/^.*(:|\.Arn\}\/)(?=[^:]+$)/, ''));

/** Whether an action of Glue is allowed in an area: on the catalog, the database and, if it is of tables, all of these. */
const mayOf = (role: string, action: string, area: string): boolean => {
  const needed = ['catalog', `database/tributary_dev_${area}`, `table/tributary_dev_${area}/*`];
  const found = allowed(role, action);
  return needed.every((resource) => found.includes(resource));
};

describe('roles', () => {
  it('are one a function, of its own', () => {
    const own = Object.values(functions).map((definition) => definition.role);

    expect(new Set(own).size).toBe(Object.keys(functions).length);
    expect(Object.keys(roles)).toEqual(expect.arrayContaining(own));
  });

  it('name each action in full', () => {
    const actions = Object.keys(roles).flatMap((role) => statements(role).flatMap((statement) => statement.Action));

    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !/^[a-z0-9]+:[A-Za-z]+$/.test(action))).toEqual([]);
  });

  it('reach every resource only where AWS has no resource to name', () => {
    const wide = Object.keys(roles).flatMap((role) =>
      statements(role)
        .filter((statement) => statement.Resource.some((resource) => resource === '*'))
        .flatMap((statement) => statement.Action),
    );

    expect([...new Set(wide)].sort()).toEqual(withoutResource);
  });

  it('reach no bucket, table, function or database as a whole by a pattern', () => {
    const patterns = Object.keys(roles).flatMap((role) =>
      statements(role).flatMap((statement) => statement.Resource.map((resource) => JSON.stringify(resource))),
    );

    expect(
      patterns.filter((resource) => /\.Arn\}\/\*|:\*:|function:[^"]*\*|database\/[^"]*\*|table\/\*/.test(resource)),
    ).toEqual([]);
  });

  it.each(Object.entries(functions))('let %s write its own log', (name, { role }) => {
    const [log] = statements(role);

    expect(log!.Action).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
    expect(JSON.stringify(log!.Resource)).toContain(`log-group:/aws/lambda/tributary-dev-${name}:*`);
  });

  it.each(['MergeRowsRole', 'RefreshGoldRole', 'UndoFileRole'])(
    'let %s define and alter the tables of its areas by Athena',
    (role) => {
      const areas = {
        MergeRowsRole: ['silver', 'staging'],
        RefreshGoldRole: ['gold', 'silver'],
        UndoFileRole: ['silver', 'staging'],
      }[role]!;
      const all = ['GetDatabase', 'GetTable', 'CreateTable', 'UpdateTable'];

      const refused = areas.flatMap((area) => all.filter((action) => !mayOf(role, `glue:${action}`, area)));

      expect(refused).toEqual([]);
      expect(allowed(role, 'glue:CreateDatabase')).toEqual(['catalog', 'database/default']);
    },
  );

  it('let gold and the views of silver alone be dropped, by the functions that make them, gold with its files', () => {
    const dropping = Object.keys(roles).filter((role) =>
      allowed(role, 'glue:DeleteTable').some((resource) => /^table\/.*\/\*$/.test(resource)),
    );

    expect(dropping).toEqual(['RefreshGoldRole', 'FinishReplayRole']);
    expect(allowed('RefreshGoldRole', 'glue:DeleteTable')).toEqual([
      ...['catalog', 'database/tributary_dev_gold', 'table/tributary_dev_gold/*'],
      ...['catalog', 'database/tributary_dev_silver'],
      ...['current', 'history', 'held'].map((what) => `table/tributary_dev_silver/*_${what}`),
    ]);
    expect(allowed('RefreshGoldRole', 's3:DeleteObject').sort()).toEqual(['gold/*', 'silver/*/metadata/*']);
  });

  it('let reports be written by the functions that write records, and by no other but the sweep', () => {
    const writing = Object.keys(roles).filter((role) =>
      allowed(role, 's3:PutObject').some((resource) => resource.startsWith('reports/')),
    );

    expect(writing.sort()).toEqual([
      'FinishReplayRole',
      'PublishMetricsRole',
      'ReconcileLandingRole',
      'ValidateFileRole',
    ]);
    expect(allowed('ReconcileLandingRole', 's3:PutObject').filter((path) => path.startsWith('reports/'))).toEqual([
      'reports/_reconcile/*',
    ]);
    expect(allowed('ValidateFileRole', 's3:DeleteObject')).toEqual([]);
    expect(allowed('ValidateFileRole', 's3:GetObject').sort()).toEqual(['bronze/*', 'quality/*', 'reports/*']);
  });

  it('let bronze be written by the function that freezes files, and be deleted from by none', () => {
    const all = Object.keys(roles);
    const inBronze = (path: string) =>
      path === '*' || path.startsWith('bronze') || 'bronze/'.startsWith(path.replace(/\*.*$/, ''));
    const may = (action: string) => all.filter((role) => allowed(role, action).some(inBronze));

    expect(may('s3:PutObject')).toEqual(['IdentifyFileRole']);
    expect(may('s3:GetObject')).toContain('ValidateFileRole');
    for (const action of [
      'DeleteObject',
      'DeleteObjectVersion',
      'PutObjectAcl',
      'RestoreObject',
      'PutLifecycleConfiguration',
    ])
      expect([action, may(`s3:${action}`)]).toEqual([action, []]);
    for (const { role } of Object.values(functions)) {
      expect([role, denied(role, 's3:DeleteObject')]).toEqual([role, ['bronze/*']]);
      expect([role, denied(role, 's3:DeleteObjectVersion')]).toEqual([role, ['bronze/*']]);
    }
  });

  it('let queries be stopped by the function that waits for one for a while only', () => {
    const stopping = Object.keys(roles).filter((role) => allowed(role, 'athena:StopQueryExecution').length > 0);

    expect(stopping).toEqual(['PublishMetricsRole']);
  });

  it('let a rollback write to silver alone, and its plan to nothing', () => {
    const written = (role: string) =>
      allowed(role, 's3:PutObject').filter((path) => !path.startsWith('athena-results/'));

    expect([written('PlanRollbackRole'), written('RollbackTableRole')]).toEqual([[], ['silver/*']]);
    expect(allowed('RollbackTableRole', 'glue:UpdateTable')).toEqual([
      ...['catalog', 'database/tributary_dev_silver', 'table/tributary_dev_silver/*'],
    ]);
    expect(allowed('RollbackTableRole', 'glue:CreateTable')).toEqual([]);
  });

  it.each(['PlanReplayRole', 'SwapReplayRole'])(
    'let %s take away no names but those of what a replay builds',
    (role) => {
      const tables = allowed(role, 'glue:DeleteTable').filter((resource) => resource.startsWith('table/'));

      expect(tables).toEqual([
        ...['table/tributary_dev_staging/*__replay_*', 'table/tributary_dev_silver/*__replay_*'],
      ]);
    },
  );

  it.each(machines)('let the state machine %s call the functions of its states and no other', (name) => {
    const definition = readFileSync(new URL(`../../statemachines/${name}.asl.json`, import.meta.url), 'utf8');
    const states = [...definition.matchAll(/"Fn::GetAtt": \["([a-z-]+)", "Arn"\]/g)].map(([, called]) => called!);
    const role = `${name[0]!.toUpperCase()}${name.slice(1)}StateMachineRole`;
    const invoke = statements(role).find(({ Action }) => Action.includes('lambda:InvokeFunction'));

    const called = invoke!.Resource.map((resource) => /tributary-dev-([a-z-]+)/.exec(JSON.stringify(resource))?.[1]);

    expect(called.length).toBeGreaterThan(0);
    expect(called.sort()).toEqual([...new Set(states)].sort());
  });
});
