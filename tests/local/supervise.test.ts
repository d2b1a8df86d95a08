import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { PartName } from '../../local/cloud-state.ts';
import type { Part } from '../../local/parts.ts';
import { isAlive } from '../../local/process-identity.ts';
import { type PartStates, type Supervision, supervise } from '../../local/supervise.ts';

const serving = 'setInterval(() => {}, 1000)';
const running: Supervision[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((supervision) => supervision.stop()));
});

function part(name: PartName, script: string, changes: Partial<Part> = {}): Part {
  return {
    name,
    command: process.execPath,
    args: ['-e', script],
    cwd: tmpdir(),
    env: {},
    after: [],
    ready: async () => true,
    readyWithinMilliseconds: 10_000,
    stopWithinMilliseconds: 5000,
    ...changes,
  };
}

function begin(...parts: Part[]) {
  const logs = mkdtempSync(join(tmpdir(), 'logs-'));
  const seen: string[] = [];
  const record = (states: PartStates) => {
    for (const { name } of parts) {
      const entry = `${name} ${states[name]?.state}`;
      if (states[name] && !seen.includes(entry)) seen.push(entry);
    }
  };
  const supervision = supervise(parts, (name) => join(logs, `${name}.log`), record, 5);
  running.push(supervision);
  supervision.start();
  return { supervision, seen, states: supervision.states };
}

async function until(condition: () => boolean | undefined): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    if (waited > 8000) throw new Error('the awaited state did not come');
    await sleep(5);
  }
}

describe('supervise', () => {
  it('starts a part only when those it needs are ready', async () => {
    let ready = false;
    const { seen, states } = begin(
      part('ministack', serving, { ready: async () => ready }),
      part('athena', serving, { after: ['ministack'] }),
    );
    await until(() => states.ministack?.state === 'starting');
    expect(states.athena?.state).toBe('waiting');

    ready = true;

    await until(() => states.athena?.state === 'running');
    expect(seen.indexOf('ministack running')).toBeLessThan(seen.indexOf('athena starting'));
  });

  it('reports a crash with the exit code and the end of the log', async () => {
    const { states } = begin(part('trino', 'console.log("first"); console.error("out of heap"); process.exit(3)'));

    await until(() => states.trino?.state === 'crashed');

    expect(states.trino).toMatchObject({ reason: 'ended with exit code 3', lastLines: ['first', 'out of heap'] });
  });

  it('reports a program that does not exist', async () => {
    const { states } = begin(part('trino', '', { command: '/nonexistent/java' }));

    await until(() => states.trino?.state === 'crashed');

    expect(states.trino?.reason).toContain('could not be started');
  });

  it('gives up on a part that never gets ready', async () => {
    const { states } = begin(part('trino', serving, { ready: async () => false, readyWithinMilliseconds: 50 }));

    await until(() => states.trino?.state === 'crashed');

    expect(states.trino?.reason).toBe('not ready after 0 s');
  });

  it('does not start what needs a crashed part, and says so', async () => {
    const { states } = begin(
      part('ministack', 'process.exit(1)', { ready: async () => false }),
      part('athena', serving, { after: ['ministack'] }),
    );

    await until(() => states.athena?.state === 'crashed');

    expect(states.athena?.reason).toBe('ministack is not running');
  });

  it('starts crashed parts again and leaves the others alone', async () => {
    const { supervision, states } = begin(part('ministack', serving), part('trino', serving));
    await until(() => states.ministack?.state === 'running' && states.trino?.state === 'running');
    const kept = states.trino!.process!;
    process.kill(states.ministack!.process!.pid, 'SIGKILL');
    await until(() => states.ministack?.state === 'crashed');

    supervision.start();

    await until(() => states.ministack?.state === 'running');
    expect(states.trino?.process).toEqual(kept);
  });

  it('stops all parts, by force what does not listen, and what they have started', async () => {
    const stubborn = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', '${serving}'], { stdio: 'ignore' });
      require('node:fs').writeSync(1, String(child.pid));
      process.on('SIGTERM', () => {});
      ${serving}`;
    const ready = async (up: number) => up > 300;
    const { supervision, states } = begin(
      part('ministack', stubborn, { ready, stopWithinMilliseconds: 100 }),
      part('metrics', serving, { after: ['ministack'] }),
    );
    await until(() => states.metrics?.state === 'running');
    const processes = [states.ministack!.process!, states.metrics!.process!];

    await supervision.stop();

    expect(processes.map(isAlive)).toEqual([false, false]);
    expect(states).toMatchObject({ ministack: { state: 'stopped' }, metrics: { state: 'stopped' } });
  });
});
