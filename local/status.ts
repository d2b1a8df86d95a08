import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cloud, type PartName, type PartState, partNames, readCloud, readJson } from './cloud-state.ts';
import type { Deployment } from './deploy.ts';
import { homeFolder } from './paths.ts';
import { isAlive } from './process-identity.ts';

export interface PartStatus extends Omit<PartState, 'process'> {
  name: PartName;
  pid?: number;
  /** Memory of the part and of everything it started, in bytes. */
  memory?: number;
}

export interface Status {
  home: string;
  /** `running` if every part is, `degraded` if one has crashed, `starting` in between, `stopped` otherwise. */
  state: 'running' | 'starting' | 'degraded' | 'stopped';
  endpoints?: Cloud['endpoints'];
  region?: string;
  startedAt?: string;
  parts: PartStatus[];
  deployment?: Deployment;
}

/** Tells what runs, where, with how much memory, and what has crashed. */
export function status({ home = homeFolder() }: { home?: string } = {}): Status {
  const deployment = readJson<Deployment>(join(home, 'deployed.json'));
  const cloud = readCloud(home);
  if (!cloud) return { home, state: 'stopped', parts: [], ...(deployment ? { deployment } : {}) };
  const memory = memoryByGroup(new Set(Object.values(cloud.pids)));
  const parts = partNames.map((name): PartStatus => {
    const { process: identity, ...part } = cloud.parts[name];
    const pid = identity && isAlive(identity) ? identity.pid : undefined;
    const used = pid ? memory.get(pid) : undefined;
    return { name, ...part, ...(pid ? { pid } : {}), ...(used ? { memory: used } : {}) };
  });
  const states = parts.map((part) => part.state);
  const state = states.includes('crashed') ? 'degraded' : states.every((s) => s === 'running') ? 'running' : 'starting';
  return {
    home,
    state,
    endpoints: cloud.endpoints,
    region: cloud.region,
    startedAt: cloud.startedAt,
    parts,
    ...(deployment ? { deployment } : {}),
  };
}

/**
 * Memory of the wanted process groups; each part leads one. On Linux each process's share of what it has in
 * common with others (the emulator's function processes have much in common), elsewhere its resident size. Empty where
 * there is no `ps`.
 */
function memoryByGroup(wanted: Set<number>): Map<number, number> {
  const groups = new Map<number, number>();
  try {
    const lines = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,rss='], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    for (const line of lines.split('\n')) {
      const [pid, group, resident] = line.trim().split(/\s+/).map(Number);
      if (pid && group && resident && wanted.has(group))
        groups.set(group, (groups.get(group) ?? 0) + 1024 * (share(pid) ?? resident));
    }
  } catch {
    // Then memory is not shown.
  }
  return groups;
}

/** Kilobytes of proc_pid_smaps(5)'s proportional set size; undefined where that is not to be had. */
function share(pid: number): number | undefined {
  try {
    return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) || undefined;
  } catch {
    return undefined;
  }
}
