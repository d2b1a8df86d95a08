import { readdirSync, readFileSync } from 'node:fs';

/** Bytes of memory that a process and all below it hold, and their number; Linux only. */
export function memoryOf(root: number): { bytes: number; processes: number } {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    // The name of the program, in brackets, may hold anything: what counts comes behind the last one.
    const stat = read(`/proc/${entry}/stat`);
    parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
  }
  const below = (pid: number): boolean => pid === root || (parents.has(pid) && pid > 1 && below(parents.get(pid)!));
  let bytes = 0;
  let processes = 0;
  for (const pid of parents.keys()) {
    if (!below(pid)) continue;
    // Shared pages are counted once: a proportional share to each process that has them.
    const pss = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`));
    bytes += Number(pss?.[1] ?? 0) * 1024;
    processes += 1;
  }
  return { bytes, processes };
}

/** Samples the memory of a process tree every second until told to stop; then says the most there was. */
export function watchMemory(root: number): () => { bytes: number; processes: number } {
  const peak = { bytes: 0, processes: 0 };
  const sample = () => {
    const now = memoryOf(root);
    peak.bytes = Math.max(peak.bytes, now.bytes);
    peak.processes = Math.max(peak.processes, now.processes);
  };
  sample();
  const timer = setInterval(sample, 1000);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

/** Empty for a process that has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
