import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface CommandResult {
  code: number | null;
  /** Set if the command could not be started at all. */
  missing: boolean;
  /** The last lines of standard output and error together. */
  tail: string[];
  timedOut: boolean;
}

export interface CommandOptions {
  env?: Record<string, string | undefined>;
  cwd?: string;
  onLine?: (line: string) => void;
  /** Ends the command and everything it started after this time. */
  timeoutMilliseconds?: number;
  /** A line that means the command has failed; it gets a little time to end by itself and is then ended. */
  fatalLine?: RegExp;
  graceMilliseconds?: number;
  tailLines?: number;
}

/**
 * Runs a command to its end, line by line. Never throws for what the command does: how it went is in the result.
 * The command gets a process group of its own; whatever is left of the group at the end is ended too, and Ctrl-C ends it.
 */
export async function runCommand(
  command: string,
  args: string[],
  { env, cwd, onLine, timeoutMilliseconds, fatalLine, graceMilliseconds = 5000, tailLines = 40 }: CommandOptions = {},
): Promise<CommandResult> {
  const child = spawn(command, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const result: CommandResult = { code: null, missing: false, tail: [], timedOut: false };
  const endGroup = () => {
    try {
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
  };
  const interrupt = (signal: NodeJS.Signals) => {
    endGroup();
    process.kill(process.pid, signal);
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const timers: NodeJS.Timeout[] = [];
  if (timeoutMilliseconds) {
    timers.push(
      setTimeout(() => {
        result.timedOut = true;
        endGroup();
      }, timeoutMilliseconds),
    );
  }
  const take = (line: string) => {
    result.tail.push(line);
    if (result.tail.length > tailLines) result.tail.shift();
    onLine?.(line);
    if (fatalLine?.test(line)) timers.push(setTimeout(endGroup, graceMilliseconds));
  };
  try {
    await new Promise<void>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', take);
      child.once('error', (error: NodeJS.ErrnoException) => {
        result.missing = error.code === 'ENOENT';
        result.tail.push(error.message);
        resolve();
      });
      child.once('exit', (code) => {
        result.code = code;
        endGroup();
      });
      child.once('close', () => resolve());
    });
  } finally {
    for (const timer of timers) clearTimeout(timer);
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
  return result;
}
