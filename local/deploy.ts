import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { applyBucketSettings } from './bucket-settings.ts';
import { type Cloud, cloudEnvironment, readJson, writeJson } from './cloud-state.ts';
import { withoutAws } from './environment.ts';
import { hashFiles } from './hash-files.ts';
import { withLock } from './lock.ts';
import { nodeBinary, projectRoot } from './paths.ts';
import type { Progress } from './progress.ts';
import { runCommand } from './run-command.ts';

/** Everything that ends up in the deployed stack: a change in it means a new deployment. */
export const deployInputs = [
  'serverless.yml',
  'resources',
  'statemachines',
  'functions',
  'core',
  'aws',
  'engine',
  'schemas',
  'sql',
  'package-lock.json',
];

export interface Deployment {
  stack: string;
  hash: string;
  deployedAt: string;
}

export interface DeployOptions {
  /** The project whose serverless.yml is deployed. */
  root?: string;
  timeoutMilliseconds?: number;
}

/**
 * Deploys serverless.yml to the local cloud unless just this is deployed already, and puts what the emulator ignores in a
 * template. Throws with the end of the deployment's output when it fails.
 */
export async function deploy(
  cloud: Cloud,
  progress: Progress,
  { root = projectRoot, timeoutMilliseconds = 10 * 60_000 }: DeployOptions = {},
): Promise<Deployment & { changed: boolean }> {
  const stack = `tributary-${cloud.stage}`;
  const record = join(cloud.home, 'deployed.json');
  progress.step('Deployment');
  try {
    if (!existsSync(join(root, 'serverless.yml'))) throw new Error(`there is no serverless.yml in ${root}`);
    const hash = hashFiles(root, deployInputs);
    const last = readJson<Deployment>(record);
    if (last?.hash === hash && (await isDeployed(cloud, stack))) {
      progress.done(`${stack} is up to date`);
      return { ...last, changed: false };
    }
    // osls builds in folders of the project, which another local cloud may be using.
    await withLock(
      join(root, '.tributary', 'deploy.lock'),
      () => runServerless(cloud, root, progress, timeoutMilliseconds),
      {
        onWait: (holder) => progress.update(`waiting for process ${holder}, which is deploying`),
      },
    );
    const deployment = { stack, hash, deployedAt: new Date().toISOString() };
    writeJson(record, deployment);
    progress.done(stack);
    return { ...deployment, changed: true };
  } catch (error) {
    progress.fail((error as Error).message.split('\n')[0]!);
    throw error;
  }
}

async function runServerless(cloud: Cloud, root: string, progress: Progress, timeoutMilliseconds: number) {
  const cli = join(projectRoot, 'node_modules', 'serverless', 'bin', 'serverless.js');
  if (!existsSync(cli))
    throw new Error(`the Serverless Framework is missing (${cli}): run \`npm ci\` in ${projectRoot}`);
  const { PATH = '', ...others } = withoutAws({ ...cloudEnvironment(cloud), SLS_NOTIFICATIONS_MODE: 'off' });
  const result = await runCommand(
    nodeBinary(),
    [cli, 'deploy', '--stage', cloud.stage, '--region', cloud.region, '--verbose'],
    {
      cwd: root,
      // npm, which packages native modules, has to run on the project's Node too.
      env: { ...others, PATH: `${join(projectRoot, 'node_modules', 'node', 'bin')}:${PATH}`, CI: '1', NO_COLOR: '1' },
      timeoutMilliseconds,
      // After an error it prints the reason and stays alive, since its bundler is left running.
      fatalLine: /^(Error:|[✖×] Stack .* failed to deploy.*)$/,
      graceMilliseconds: 4000,
      tailLines: 60,
      onLine: (line) => {
        if (line.trim()) progress.update(line.trim());
      },
    },
  );
  if (result.timedOut) {
    throw new Error(
      `the deployment did not end within ${Math.round(timeoutMilliseconds / 60_000)} minutes\n${tell(result.tail)}`,
    );
  }
  if (result.code !== 0) throw new Error(`the deployment failed\n${tell(result.tail)}`);
  progress.update('bucket settings');
  await applyBucketSettings(
    cloud,
    `tributary-${cloud.stage}`,
    join(root, '.serverless', 'cloudformation-template-update-stack.json'),
  );
}

/** The emulator's state may have been lost while our record of the deployment was kept. */
async function isDeployed(cloud: Cloud, stack: string): Promise<boolean> {
  const client = new CloudFormationClient({
    endpoint: cloud.endpoints.aws,
    region: cloud.region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
    return /^(CREATE|UPDATE)_COMPLETE$/.test(Stacks[0]?.StackStatus ?? '');
  } catch (error) {
    if ((error as Error).name === 'ValidationError') return false;
    throw error;
  } finally {
    client.destroy();
  }
}

/** The part of the output that says what went wrong: from the error's heading on, if there is one. */
function tell(lines: string[]): string {
  const kept = lines.filter((line) => line.trim() && !/^\s+at .*[(/]/.test(line));
  const heading = kept.findIndex((line) => /^(Error:?|✖ .*)$/.test(line.trim()));
  return (heading >= 0 ? kept.slice(heading, heading + 25) : kept.slice(-25)).map((line) => `  ${line}`).join('\n');
}
