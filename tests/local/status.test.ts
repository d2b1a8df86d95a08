import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Cloud, type PartState, partNames, writeJson } from '../../local/cloud-state.ts';
import { identify } from '../../local/process-identity.ts';
import { status } from '../../local/status.ts';

const children: ReturnType<typeof spawn>[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function homeWith(parts: Partial<Cloud['parts']>, pids: Cloud['pids'] = {}): string {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  const all = Object.fromEntries(partNames.map((name) => [name, parts[name] ?? { state: 'running', log: '' }]));
  writeJson(join(home, 'cloud.json'), { endpoints: {}, supervisor: identify(process.pid), parts: all, pids });
  return home;
}

describe('status', () => {
  it('is stopped where nothing was ever started', () => {
    const now = status({ home: mkdtempSync(join(tmpdir(), 'home-')) });

    expect(now).toMatchObject({ state: 'stopped', parts: [] });
  });

  it('is running when every part is, and says how much memory each has', () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
    children.push(child);
    const trino = { state: 'running', log: 't.log', process: identify(child.pid!)! } as const;

    const now = status({ home: homeWith({ trino }, { trino: child.pid! }) });

    const part = now.parts.find(({ name }) => name === 'trino');
    expect(now.state).toBe('running');
    expect(part).toMatchObject({ pid: child.pid, log: 't.log' });
    expect(part!.memory).toBeGreaterThan(1_000_000);
  });

  it('is degraded when a part has crashed, and says why', () => {
    const trino: PartState = {
      state: 'crashed',
      log: 't.log',
      reason: 'ended with exit code 3',
      lastLines: ['out of heap'],
    };

    const now = status({ home: homeWith({ trino, athena: { state: 'starting', log: '' } }) });

    expect(now.state).toBe('degraded');
    expect(now.parts.find(({ name }) => name === 'trino')).toMatchObject({
      reason: 'ended with exit code 3',
      lastLines: ['out of heap'],
    });
  });

  it('is starting until the last part runs', () => {
    const now = status({ home: homeWith({ athena: { state: 'waiting', log: '' } }) });

    expect(now.state).toBe('starting');
  });
});
