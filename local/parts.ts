import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { cloudEnvironment, type PartName, type Plan } from './cloud-state.ts';
import { partEnvironment } from './environment.ts';
import { trinoAnswers, trinoCommand, writeTrinoConfig } from './trino.ts';

/** One program of the local cloud: how it is started, and when it is ready. */
export interface Part {
  name: PartName;
  command: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  /** Parts that must be running before this one is started. */
  after: PartName[];
  /** Asked again and again, with the milliseconds since its start. */
  ready: (up: number) => Promise<boolean>;
  readyWithinMilliseconds: number;
  /** How long it may take to stop before it is killed. */
  stopWithinMilliseconds: number;
}

export interface Endpoints {
  aws: string;
  athena: string;
  trino: string;
}

export function endpointsOf({ ports }: Pick<Plan, 'ports'>): Endpoints {
  return {
    aws: `http://127.0.0.1:${ports.aws}`,
    athena: `http://127.0.0.1:${ports.athena}`,
    trino: `http://127.0.0.1:${ports.trino}`,
  };
}

/** The parts of the local cloud, in the order in which they start. Writes Trino's configuration on the way. */
export function partsOf(plan: Plan): Part[] {
  const endpoints = endpointsOf(plan);
  const aws = cloudEnvironment({ endpoints, region: plan.region });
  const trino = {
    folder: join(plan.home, 'trino'),
    port: plan.ports.trino,
    awsEndpoint: endpoints.aws,
    region: plan.region,
    warehouse: `s3://tributary-local-lake-${plan.accountId}/`,
    installation: plan.tools.trino,
    java: plan.tools.java,
  };
  writeTrinoConfig(trino);
  const athenaState = join(plan.home, 'athena');
  const metricsState = join(plan.home, 'metrics');
  for (const folder of [athenaState, metricsState]) mkdirSync(folder, { recursive: true });
  return [
    {
      name: 'ministack',
      command: plan.tools.python,
      args: [join(plan.root, 'local', 'launcher.py')],
      cwd: plan.home,
      env: partEnvironment(ministackEnvironment(plan, aws)),
      after: [],
      ready: () => answersOk(`${endpoints.aws}/_ministack/ready`),
      readyWithinMilliseconds: 60_000,
      stopWithinMilliseconds: 30_000,
    },
    {
      name: 'trino',
      ...trinoCommand(trino),
      cwd: trino.folder,
      env: partEnvironment({}),
      after: [],
      ready: () => trinoAnswers(endpoints.trino),
      readyWithinMilliseconds: 180_000,
      // The first stop writes the archive of loaded classes.
      stopWithinMilliseconds: 30_000,
    },
    {
      name: 'athena',
      command: plan.node,
      args: [join(plan.root, 'local', 'athena', 'server.ts')],
      cwd: plan.root,
      env: partEnvironment({
        ...aws,
        ATHENA_PORT: String(plan.ports.athena),
        TRINO_URL: endpoints.trino,
        ATHENA_STATE_DIR: athenaState,
      }),
      after: ['ministack'],
      ready: () => answersOk(`${endpoints.athena}/health`),
      readyWithinMilliseconds: 180_000,
      stopWithinMilliseconds: 10_000,
    },
    {
      name: 'metrics',
      command: plan.node,
      args: [join(plan.root, 'local', 'metrics', 'bridge.ts')],
      cwd: plan.root,
      env: partEnvironment({ ...aws, STAGE: 'local', BRIDGE_STATE_DIR: metricsState }),
      after: ['ministack'],
      // It answers nobody: it is ready when it has not failed in its first moments.
      ready: async (up) => up >= 1500,
      readyWithinMilliseconds: 10_000,
      stopWithinMilliseconds: 10_000,
    },
  ];
}

function ministackEnvironment(plan: Plan, aws: Record<string, string>): Record<string, string> {
  const temporary = join(plan.home, 'tmp');
  mkdirSync(temporary, { recursive: true });
  // The emulator's wrapper around a handler is CommonJS in a .js file; the project above this folder says otherwise.
  writeFileSync(join(temporary, 'package.json'), '{ "type": "commonjs" }\n');
  const cores = availableParallelism();
  return {
    // Functions inherit this environment, and with it the endpoints.
    ...aws,
    AWS_DEFAULT_REGION: plan.region,
    MINISTACK_REGION: plan.region,
    MINISTACK_ACCOUNT_ID: plan.accountId,
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    GATEWAY_PORT: String(plan.ports.aws),
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    PERSIST_STATE: '1',
    STATE_DIR: join(plan.home, 'ministack'),
    S3_PERSIST: '1',
    S3_DATA_DIR: join(plan.home, 's3'),
    TMPDIR: temporary,
    // Functions run on the `node` of the PATH: the project's, which is the version of the Lambda runtime.
    PATH: [dirname(plan.node), process.env.PATH ?? '/usr/bin:/bin'].join(delimiter),
    // MiniStack tidies up after itself in Docker; it has started nothing there, so keep it away.
    DOCKER_HOST: `unix://${join(temporary, 'no-docker.sock')}`,
    // More invocations than this wait for their turn (see launcher.py); each is a Node process of 50–150 MB.
    LAMBDA_ACCOUNT_CONCURRENCY: String(Math.max(6, 2 * cores)),
    TRIBUTARY_WARM_WORKERS: String(Math.max(12, 3 * cores)),
    LAMBDA_WARM_TTL_SECONDS: '30',
    // The emulator's own wrapper around a handler uses url.parse, and each cold start would say so in the function's log.
    NODE_OPTIONS: '--disable-warning=DEP0169',
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
