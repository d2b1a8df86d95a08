import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { identify, isAlive, signalProcess } from '../../local/process-identity.ts';

describe('process identity', () => {
  it('recognises a running process and notices its end', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const identity = identify(child.pid!)!;
    expect(isAlive(identity)).toBe(true);

    child.kill('SIGKILL');
    await once(child, 'exit');

    expect(isAlive(identity)).toBe(false);
  });

  it('does not take a later process of the same number for the earlier one', () => {
    const reused = { pid: process.pid, started: 'before the last reboot' };

    const signalled = signalProcess(reused, 'SIGKILL');

    expect(isAlive(reused)).toBe(false);
    expect(signalled).toBe(false);
  });

  it('knows nothing of a number that nobody has', () => {
    const identity = identify(2 ** 30);

    expect(identity).toBeUndefined();
  });
});
