import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withLock } from '../../local/lock.ts';
import { nodeBinary, projectRoot } from '../../local/paths.ts';
import { silentProgress } from '../../local/progress.ts';
import { provisionTestPython } from '../../local/provision.ts';
import { runCommand } from '../../local/run-command.ts';

/** A stage on AWS, for the processor that is not this machine's. */
const stage = 'prod';
const architecture = process.arch === 'arm64' ? 'x86_64' : 'arm64';
const cpu = process.arch === 'arm64' ? 'x64' : 'arm64';
const minutes = 60_000;

interface Template {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  Outputs: Record<string, unknown>;
}

let folder: string;
let python: string;
let template: Template;

beforeAll(async () => {
  python = await provisionTestPython(silentProgress);
  folder = mkdtempSync(join(tmpdir(), 'tributary-package-'));
  await packageFor(folder);
  template = JSON.parse(readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'));
}, 10 * minutes);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packaged template', () => {
  it(
    'passes cfn-lint',
    async () => {
      const file = join(folder, 'cloudformation-template-update-stack.json');

      // W3005: the framework adds a DependsOn for each role, which is needless and harmless.
      const { code, tail } = await runCommand(
        python,
        ['-c', 'from cfnlint.runner import main; main()', '--ignore-checks', 'W3005', '--template', file],
        { timeoutMilliseconds: 3 * minutes, env: process.env },
      );

      expect(tail.filter((line) => line.trim())).toEqual([]);
      expect(code).toBe(0);
    },
    4 * minutes,
  );

  it('gives every function a role of its own, and no role that is not ours', () => {
    const functions = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    const given = functions.map(({ Properties }) => (Properties.Role as { 'Fn::GetAtt': string[] })['Fn::GetAtt'][0]!);

    const all = Object.keys(template.Resources).filter((name) => template.Resources[name]!.Type === 'AWS::IAM::Role');

    expect(new Set(given).size).toBe(functions.length);
    const machines = Object.keys(template.Resources).filter(
      (name) => template.Resources[name]!.Type === 'AWS::StepFunctions::StateMachine',
    );
    const others = ['FileLandedRuleRole', 'NightlyRuleRole', 'SnowflakeRole', ...machines.map((name) => `${name}Role`)];
    expect(machines).toHaveLength(5);
    expect(all.sort()).toEqual([...given, ...others].sort());
  });

  it('outlives the stack with everything that holds data', () => {
    const kinds = ['AWS::S3::Bucket', 'AWS::DynamoDB::Table', 'AWS::Glue::Database', 'AWS::Glue::Table'];

    const lost = Object.entries(template.Resources)
      .filter(([name, { Type }]) => kinds.includes(Type) && name !== 'ServerlessDeploymentBucket')
      .filter(([, resource]) => (resource as { DeletionPolicy?: string }).DeletionPolicy !== 'Retain');

    expect(lost.map(([name]) => name)).toEqual([]);
  });

  it('has a rule for everything that is scheduled, which is on and may start it', () => {
    const rules = Object.entries(template.Resources).filter(
      ([, { Type, Properties }]) => Type === 'AWS::Events::Rule' && Properties.ScheduleExpression !== undefined,
    );
    const functionOf = (target: { Arn: unknown }) => (target.Arn as { 'Fn::GetAtt'?: string[] })['Fn::GetAtt']?.[0];
    const permitted = Object.values(template.Resources)
      .filter(({ Type, Properties }) => Type === 'AWS::Lambda::Permission' && Properties.SourceArn !== undefined)
      .map(({ Properties }) => JSON.stringify([Properties.Principal, Properties.FunctionName, Properties.SourceArn]));

    const started = rules.map(([name, { Properties }]) => {
      const [target, ...more] = Properties.Targets as { Arn: unknown; RoleArn?: unknown }[];
      const called = functionOf(target!);
      const arn = { 'Fn::GetAtt': [name, 'Arn'] };
      const isAllowed =
        called === undefined
          ? target!.RoleArn !== undefined
          : permitted.includes(JSON.stringify(['events.amazonaws.com', target!.Arn, arn]));
      return [called ?? target!.Arn, Properties.ScheduleExpression, Properties.State ?? 'ENABLED', isAllowed, more];
    });

    expect(started.sort()).toEqual([
      ['CheckDashdriftLambdaFunction', 'cron(0 6 * * ? *)', 'ENABLED', true, []],
      ['GenerateDashordersLambdaFunction', 'rate(1 hour)', 'ENABLED', true, []],
      ['ReconcileDashlandingLambdaFunction', 'rate(1 hour)', 'ENABLED', true, []],
      ['SweepDashincidentsLambdaFunction', 'rate(15 minutes)', 'ENABLED', true, []],
      [{ Ref: 'MaintainStateMachine' }, 'cron(30 2 * * ? *)', 'ENABLED', true, []],
    ]);
  });

  it('says where everything is', () => {
    expect(Object.keys(template.Outputs)).toEqual(
      expect.arrayContaining([
        ...['LandingBucket', 'LakeBucket', 'LedgerTable', 'AthenaWorkgroup', 'AnalystsWorkgroup'],
        ...['StagingDatabase', 'SilverDatabase', 'GoldDatabase', 'OpsDatabase'],
        ...['AlertTopicArn', 'NoticeTopicArn', 'IngestStateMachine', 'DeadLetterQueueUrl', 'GenerateOrdersFunction'],
      ]),
    );
  });
});

describe('the packages of the functions', () => {
  it('hold the contracts, the SQL and a bundle with its source map', async () => {
    const files = await filesOf('merge-rows');

    expect(files).toEqual(
      expect.arrayContaining([
        ...['functions/merge-rows.mjs', 'functions/merge-rows.mjs.map', 'schemas/orders.odcs.yaml'],
        'sql/gold/daily_revenue.sql',
      ]),
    );
    expect(files.filter((file) => file.startsWith('node_modules/'))).toEqual([]);
  });

  it("hold DuckDB only where it is needed, for the function's processor", async () => {
    const bindings = (await filesOf('validate-file')).filter((file) => file.endsWith('/duckdb.node'));

    expect(bindings).toEqual([`node_modules/@duckdb/node-bindings-linux-${cpu}/duckdb.node`]);
  });
});

async function packageFor(output: string): Promise<void> {
  const cli = join(projectRoot, 'node_modules', 'serverless', 'bin', 'serverless.js');
  const args = ['package', '--stage', stage, '--param', `architecture=${architecture}`, '--package', output];
  // The framework builds in folders of the project, which a local cloud may be deployed from at this moment.
  await withLock(join(projectRoot, '.tributary', 'deploy.lock'), async () => {
    const { code, tail } = await runCommand(nodeBinary(), [cli, ...args], {
      cwd: projectRoot,
      env: {
        ...process.env,
        PATH: `${join(projectRoot, 'node_modules', 'node', 'bin')}:${process.env.PATH}`,
        SLS_NOTIFICATIONS_MODE: 'off',
      },
      timeoutMilliseconds: 5 * minutes,
      // It stays alive after an error.
      fatalLine: /^Error:|^✖ /,
    });
    if (code !== 0) throw new Error(`packaging failed\n${tail.join('\n')}`);
  });
}

async function filesOf(name: string): Promise<string[]> {
  const list = 'import sys, zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))';
  const { tail } = await runCommand(python, ['-c', list, join(folder, `${name}.zip`)], { tailLines: 10_000 });
  return tail;
}
