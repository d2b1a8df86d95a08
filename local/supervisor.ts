/**
 * The process that keeps the local cloud running after `tributary up` has ended: `node local/supervisor.ts HOME`.
 * It reads `<home>/plan.json`, runs the parts, keeps `<home>/cloud.json` up to date, starts crashed parts again on SIGHUP,
 * and on SIGTERM stops everything and removes `cloud.json`.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Cloud, type PartState, type Plan, partNames, readJson, writeJson } from './cloud-state.ts';
import { followPort } from './follow-port.ts';
import { endpointsOf, partsOf } from './parts.ts';
import { identify } from './process-identity.ts';
import { supervise } from './supervise.ts';

const home = process.argv[2];
if (!home) throw new Error('usage: supervisor.ts HOME');
const plan = readJson<Plan>(join(home, 'plan.json'));
if (!plan) throw new Error(`${join(home, 'plan.json')} is missing or broken`);

const stateFile = join(home, 'cloud.json');
const startedAt = new Date().toISOString();
let repairs = 0;

followPort(home, plan.ports.aws);
rmSync(join(home, 'tmp'), { recursive: true, force: true });

const logOf = (name: string) => join(home, 'logs', `${name}.log`);
const supervision = supervise(partsOf(plan), logOf, save);

function save(): void {
  const parts = Object.fromEntries(
    partNames.map((name) => [name, supervision.states[name] ?? { state: 'waiting', log: logOf(name) }]),
  ) as Record<(typeof partNames)[number], PartState>;
  const pids: Cloud['pids'] = { supervisor: process.pid };
  for (const name of partNames) {
    const pid = parts[name].process?.pid;
    if (pid) pids[name] = pid;
  }
  writeJson(stateFile, {
    home: plan!.home,
    region: plan!.region,
    accountId: plan!.accountId,
    stage: 'local',
    endpoints: endpointsOf(plan!),
    supervisor: identify(process.pid)!,
    parts,
    pids,
    startedAt,
    code: plan!.code,
    repairs,
  } satisfies Cloud);
}

async function stop(): Promise<void> {
  console.log(`${new Date().toISOString()} stopping`);
  await supervision.stop();
  rmSync(stateFile, { force: true });
  process.exit(0);
}

process.once('SIGTERM', stop);
process.once('SIGINT', stop);
process.on('SIGHUP', () => {
  supervision.start();
  repairs++;
  save();
});
// Nothing may end the supervisor while its parts run: they would be left alone.
process.on('uncaughtException', (error) => console.error(new Date().toISOString(), error));

console.log(`${startedAt} starting, process ${process.pid}`);
supervision.start();
save();
// Keeps the process alive while every part is down and waits to be started again.
setInterval(() => {}, 1 << 30);
