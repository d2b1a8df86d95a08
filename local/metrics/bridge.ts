import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { alarmKeeper } from './alarms.ts';
import type { Clients } from './clients.ts';
import { makeClients, putData } from './clients.ts';
import type { Datum } from './emf.ts';
import { readNewMetrics } from './logs.ts';
import { forgetOldChanges, readPositions, writePositions } from './positions.ts';
import { queueDepthReader } from './queues.ts';
import { openStatusChanges } from './status-changes.ts';

/**
 * Makes the emulator's metrics and alarms what AWS's would be: metrics in function logs, executions of state machines
 * and depths of queues become metrics, and alarms are evaluated and set.
 */

const CYCLE_MILLIS = 2000;
const START_PATIENCE_MILLIS = 60_000;
/** CloudWatch refuses older data. */
const OLDEST_MILLIS = 14 * 24 * 3600 * 1000;

interface Settings {
  stage: string;
  endpoint: string;
  region: string;
  stateDir: string;
}

function readSettings(env: NodeJS.ProcessEnv): Settings {
  const need = (name: string) => {
    const value = env[name];
    if (!value) throw new Error(`the environment variable ${name} is missing`);
    return value;
  };
  return {
    stage: need('STAGE'),
    endpoint: need('AWS_ENDPOINT_URL'),
    region: need('AWS_REGION'),
    stateDir: need('BRIDGE_STATE_DIR'),
  };
}

/** Runs until the signal aborts; the cycle under way is finished first, so that nothing is counted twice. */
async function run(settings: Settings, clients: Clients, signal: AbortSignal): Promise<void> {
  const statusChanges = await retry(() => openStatusChanges(clients, `tributary-${settings.stage}-bridge-states`));
  const queueDepths = queueDepthReader(clients.sqs, new Set([statusChanges.queueUrl]));
  const keepAlarms = alarmKeeper(clients.cloudwatch, log);
  let positions = readPositions(settings.stateDir);
  let failing = false;
  log(`reading logs, executions and queues of ${settings.endpoint}`);
  while (!signal.aborted) {
    try {
      const logs = await readNewMetrics(clients.logs, positions.logs);
      const changes = await statusChanges.receive(positions.changes);
      const depths = await queueDepths(Date.now());
      await put(clients.cloudwatch, [...logs.data, ...changes.data, ...depths]);
      if (logs.data.length > 0 || changes.data.length > 0) {
        positions = {
          logs: logs.positions,
          changes: forgetOldChanges({ ...positions.changes, ...changes.counted }, Date.now()),
        };
        writePositions(settings.stateDir, positions);
      }
      await changes.acknowledge();
      await keepAlarms(Date.now());
      if (failing) log('the emulator answers again');
      failing = false;
    } catch (error) {
      if (!failing) log(`will be tried again: ${describe(error)}`);
      failing = true;
    }
    await sleep(CYCLE_MILLIS, undefined, { signal }).catch(() => {});
  }
}

async function put(cloudwatch: CloudWatchClient, data: Datum[]): Promise<void> {
  const oldest = Date.now() - OLDEST_MILLIS;
  await putData(
    cloudwatch,
    data.filter((datum) => datum.at > oldest),
  );
}

async function retry<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + START_PATIENCE_MILLIS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(500);
    }
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || error.name;
}

function log(message: string): void {
  console.log(`${new Date().toISOString()} ${message}`);
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const stop = new AbortController();
  process.on('SIGTERM', () => stop.abort());
  process.on('SIGINT', () => stop.abort());
  await run(settings, makeClients(settings), stop.signal);
}

if (import.meta.main) {
  main().then(
    () => process.exit(0),
    (error) => {
      log(`cannot work: ${describe(error)}`);
      process.exit(1);
    },
  );
}
