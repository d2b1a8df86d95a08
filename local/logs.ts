import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { partNames } from './cloud-state.ts';
import { lastLines } from './log-files.ts';
import { homeFolder } from './paths.ts';

export const logNames = [...partNames, 'supervisor'] as const;
export type LogName = (typeof logNames)[number];

export interface LogsOptions {
  home?: string;
  /** Only these logs; all that exist if none is named. */
  names?: string[];
  lines?: number;
}

export interface Log {
  name: LogName;
  file: string;
  lines: string[];
}

/** The last lines of the parts' logs. Throws if there is no part of a given name. */
export function logs({ home = homeFolder(), names = [], lines = 40 }: LogsOptions = {}): Log[] {
  const unknown = names.filter((name) => !(logNames as readonly string[]).includes(name));
  if (unknown.length > 0) {
    throw new Error(
      `there is no log of ${unknown.map((name) => `"${name}"`).join(', ')}; there are ${logNames.join(', ')}`,
    );
  }
  return logNames
    .filter((name) => names.length === 0 || names.includes(name))
    .map((name) => ({ name, file: join(home, 'logs', `${name}.log`) }))
    .filter(({ file }) => names.length > 0 || existsSync(file))
    .map((log) => ({ ...log, lines: lastLines(log.file, lines) }));
}

/** Hands on each new line of the parts' logs as it comes, until the signal says to stop. */
export async function followLogs(
  options: LogsOptions & {
    signal: AbortSignal;
    onLine: (name: LogName, line: string) => void;
    pollMilliseconds?: number;
  },
): Promise<void> {
  const { signal, onLine, pollMilliseconds = 250, home = homeFolder(), names = [] } = options;
  logs({ home, names, lines: 0 });
  const followed = logNames
    .filter((name) => names.length === 0 || names.includes(name))
    .map((name) => {
      const file = join(home, 'logs', `${name}.log`);
      return { name, file, at: sizeOf(file), rest: Buffer.alloc(0) };
    });
  while (!signal.aborted) {
    for (const log of followed) {
      const size = sizeOf(log.file);
      // Shorter than before: it was put aside and begun anew.
      if (size < log.at) log.at = 0;
      if (size === log.at) continue;
      const text = Buffer.concat([log.rest, readRange(log.file, log.at, size)]);
      log.at = size;
      const end = text.lastIndexOf(10) + 1;
      log.rest = text.subarray(end);
      for (const line of text.subarray(0, end).toString('utf8').split('\n').slice(0, -1)) onLine(log.name, line);
    }
    await sleep(pollMilliseconds, undefined, { signal }).catch(() => {});
  }
}

function sizeOf(file: string): number {
  return existsSync(file) ? statSync(file).size : 0;
}

function readRange(file: string, from: number, to: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const block = Buffer.alloc(to - from);
    return block.subarray(0, readSync(descriptor, block, 0, block.length, from));
  } finally {
    closeSync(descriptor);
  }
}
