import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PartName, PartState } from './cloud-state.ts';
import { lastLines, openLog } from './log-files.ts';
import type { Part } from './parts.ts';
import { identify } from './process-identity.ts';

export type PartStates = Partial<Record<PartName, PartState>>;

export interface Supervision {
  /** Starts every part that is not running. */
  start(): void;
  /** Stops all parts, those that depend on others first, and resolves when none is left. */
  stop(): Promise<void>;
  states: PartStates;
}

/**
 * Runs the parts as child processes, each with its log and a process group of its own, and tells `onChange` of every
 * change of their states. A part that ends by itself is reported as crashed and left so: whoever is responsible decides.
 */
export function supervise(
  parts: Part[],
  logOf: (name: PartName) => string,
  onChange: (states: PartStates) => void,
  pollMilliseconds = 200,
): Supervision {
  const states: PartStates = {};
  const children = new Map<PartName, ChildProcess>();
  let stopping = false;

  const change = (part: Part, state: Partial<PartState>) => {
    states[part.name] = { ...states[part.name]!, ...state };
    onChange(states);
  };

  const run = async (part: Part) => {
    states[part.name] = { state: 'waiting', log: logOf(part.name) };
    onChange(states);
    while (part.after.some((name) => states[name]?.state !== 'running')) {
      if (stopping) return change(part, { state: 'stopped' });
      const failed = part.after.find((name) => states[name]?.state === 'crashed');
      if (failed) return change(part, { state: 'crashed', reason: `${failed} is not running`, lastLines: [] });
      await sleep(pollMilliseconds);
    }
    if (stopping) return change(part, { state: 'stopped' });
    const child = launch(part);
    const started = Date.now();
    while (children.get(part.name) === child && !stopping) {
      if ((await part.ready(Date.now() - started)) && children.get(part.name) === child)
        return change(part, { state: 'running' });
      if (Date.now() - started > part.readyWithinMilliseconds) {
        const reason = `not ready after ${Math.round(part.readyWithinMilliseconds / 1000)} s`;
        change(part, { reason });
        signalGroup(child, 'SIGKILL');
        return;
      }
      await sleep(pollMilliseconds);
    }
  };

  const launch = (part: Part): ChildProcess => {
    const log = openLog(logOf(part.name));
    const child = spawn(part.command, part.args, {
      cwd: part.cwd,
      env: part.env,
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    children.set(part.name, child);
    const ended = (why: string) => {
      if (children.get(part.name) !== child) return;
      children.delete(part.name);
      // What it leaves behind in its group (the emulator's function processes) must not outlive it.
      signalGroup(child, 'SIGKILL');
      if (stopping) return change(part, { state: 'stopped', process: undefined });
      const given = states[part.name]?.reason;
      change(part, {
        state: 'crashed',
        process: undefined,
        reason: given ?? why,
        lastLines: lastLines(logOf(part.name), 15),
      });
    };
    child.once('error', (error) => ended(`could not be started: ${error.message}`));
    child.once('exit', (code, signal) => ended(signal ? `ended by ${signal}` : `ended with exit code ${code}`));
    change(part, { state: 'starting', process: child.pid ? identify(child.pid) : undefined });
    return child;
  };

  const stopPart = async (part: Part) => {
    const child = children.get(part.name);
    if (!child) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const stopped = await Promise.race([
      gone.then(() => true),
      sleep(part.stopWithinMilliseconds, false, { ref: false }),
    ]);
    if (!stopped) {
      signalGroup(child, 'SIGKILL');
      await gone;
    }
  };

  return {
    states,
    start() {
      for (const part of parts) {
        const state = states[part.name]?.state;
        if (state === undefined || state === 'crashed' || state === 'stopped') void run(part);
      }
    },
    async stop() {
      stopping = true;
      const first = parts.filter((part) => part.after.length > 0);
      const last = parts.filter((part) => part.after.length === 0);
      await Promise.all(first.map(stopPart));
      await Promise.all(last.map(stopPart));
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // Nothing of the group is left.
  }
}
