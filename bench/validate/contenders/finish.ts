import { readFileSync } from 'node:fs';
import type { Found } from '../found.ts';

/** What the harness asks of a contender, as JSON in its one argument. */
export interface Task {
  input: string;
  /** A folder of its own. */
  out: string;
  threads: number;
  memoryLimitMb: number;
}

export const task = (): Task => JSON.parse(process.argv[2]!) as Task;

/** Reports what was found and used, as the last line of output. */
export function finish(found: Found): void {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const usage = { cpu: (userCPUTime + systemCPUTime) / 1e6, peakMb: peakKb() / 1024 };
  console.log(JSON.stringify({ ...found, ...usage }));
}

/** A process begins with the peak of the one that started it; the kernel's own figure for this program does not. */
function peakKb(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}
