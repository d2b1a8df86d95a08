import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cloud, type PartName, type Plan, partNames, readCloud, writeJson } from './cloud-state.ts';
import { type Deployment, deploy } from './deploy.ts';
import { stopCloud, stopLeftovers } from './down.ts';
import { partEnvironment } from './environment.ts';
import { hashFiles } from './hash-files.ts';
import { withLock } from './lock.ts';
import { lastLines, openLog } from './log-files.ts';
import { homeFolder, nodeBinary, projectRoot } from './paths.ts';
import { choosePorts } from './ports.ts';
import { isAlive, signalProcess } from './process-identity.ts';
import { type Progress, silentProgress } from './progress.ts';
import { provision } from './provision.ts';

export const partTitles: Record<PartName, string> = {
  ministack: 'AWS emulator (MiniStack)',
  trino: 'query engine (Trino)',
  athena: 'Athena API',
  metrics: 'metrics bridge',
};

export interface UpOptions {
  home?: string;
  progress?: Progress;
  /** The project whose serverless.yml is deployed; none if false. */
  deploy?: boolean | { root: string };
}

export interface UpResult {
  cloud: Cloud;
  /** Whether this call started (or restarted) anything. */
  started: boolean;
  deployment?: Deployment & { changed: boolean };
}

/**
 * Brings the local cloud up: fetches what is missing, starts what is not running, waits until a real query answers, and
 * deploys. Harmless when all of that is so already. Throws an Error that says which part failed, with the end of its log.
 */
export async function up({
  home = homeFolder(),
  progress = silentProgress,
  deploy: deployWhat = true,
}: UpOptions = {}): Promise<UpResult> {
  if (process.platform === 'win32') throw new Error('the local cloud runs on Linux and macOS; on Windows use WSL');
  return withLock(
    join(home, 'up.lock'),
    async () => {
      const node = nodeBinary();
      const tools = await provision(progress);
      const code = hashFiles(projectRoot, ['local', 'package-lock.json']);
      let cloud = readCloud(home);
      if (cloud && cloud.code !== code) {
        await stopCloud(home, progress, 'Stopping the local cloud of the older code');
        cloud = undefined;
      }
      let started = false;
      if (!cloud) {
        cloud = await start({ home, root: projectRoot, tools, node, code }, progress);
        started = true;
      } else if (partNames.some((name) => cloud!.parts[name].state === 'crashed')) {
        await repair(cloud, progress);
        started = true;
      }
      cloud = await waitUntilRunning(home, progress);
      const deployment =
        deployWhat === false
          ? undefined
          : await deploy(cloud, progress, deployWhat === true ? {} : { root: deployWhat.root });
      return { cloud: current(home), started, ...(deployment ? { deployment } : {}) };
    },
    { onWait: (holder) => progress.step(`Waiting for process ${holder}, which is bringing this local cloud up`) },
  );
}

async function start(
  { home, ...made }: Pick<Plan, 'home' | 'root' | 'tools' | 'node' | 'code'>,
  progress: Progress,
): Promise<Cloud> {
  await stopLeftovers(home, progress);
  const ports = await choosePorts();
  writeJson(join(home, 'plan.json'), {
    home,
    region: 'us-east-1',
    accountId: '000000000000',
    ports,
    ...made,
  } satisfies Plan);
  const log = join(home, 'logs', 'supervisor.log');
  const descriptor = openLog(log);
  const supervisor = spawn(made.node, [join(made.root, 'local', 'supervisor.ts'), home], {
    cwd: home,
    env: partEnvironment({}),
    detached: true,
    stdio: ['ignore', descriptor, descriptor],
  });
  closeSync(descriptor);
  let ended = false;
  supervisor.once('exit', () => {
    ended = true;
  });
  supervisor.once('error', () => {
    ended = true;
  });
  supervisor.unref();
  for (;;) {
    const cloud = readCloud(home);
    if (cloud && cloud.supervisor.pid === supervisor.pid) return cloud;
    if (ended) throw new Error(`the supervisor of the local cloud did not start\n${quote(lastLines(log, 15))}`);
    await sleep(50);
  }
}

async function repair(cloud: Cloud, progress: Progress): Promise<void> {
  const crashed = partNames.filter((name) => cloud.parts[name].state === 'crashed').map((name) => partTitles[name]);
  progress.step(`Starting again: ${crashed.join(', ')}`);
  signalProcess(cloud.supervisor, 'SIGHUP');
  for (let waited = 0; waited < 10_000; waited += 50) {
    const now = readCloud(cloud.home);
    if (now && now.repairs > cloud.repairs) return progress.done();
    await sleep(50);
  }
  progress.fail('no answer from the supervisor');
  throw new Error(
    `the supervisor (process ${cloud.supervisor.pid}) does not answer; stop the local cloud and start it again`,
  );
}

async function waitUntilRunning(home: string, progress: Progress): Promise<Cloud> {
  progress.step('Local cloud');
  for (;;) {
    const cloud = readCloud(home);
    if (!cloud) {
      progress.fail('the supervisor ended');
      throw new Error(
        `the supervisor of the local cloud ended\n${quote(lastLines(join(home, 'logs', 'supervisor.log'), 15))}`,
      );
    }
    const crashed =
      partNames.find((name) => cloud.parts[name].state === 'crashed' && cloud.parts[name].lastLines?.length !== 0) ??
      partNames.find((name) => cloud.parts[name].state === 'crashed');
    if (crashed) {
      const part = cloud.parts[crashed];
      progress.fail(`the ${partTitles[crashed]} ${part.reason}`);
      throw new Error(
        `the ${partTitles[crashed]} ${part.reason}; the end of ${part.log}:\n${quote(part.lastLines ?? [])}`,
      );
    }
    const missing = partNames.filter((name) => cloud.parts[name].state !== 'running');
    if (missing.length === 0) {
      progress.done(
        `${cloud.endpoints.aws} (AWS), ${cloud.endpoints.athena} (Athena), ${cloud.endpoints.trino} (Trino)`,
      );
      return cloud;
    }
    progress.update(`waiting for the ${missing.map((name) => partTitles[name]).join(', ')}`);
    await sleep(150);
  }
}

function current(home: string): Cloud {
  const cloud = readCloud(home);
  if (!cloud || !isAlive(cloud.supervisor)) throw new Error('the local cloud ended during the deployment');
  return cloud;
}

function quote(lines: string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}
