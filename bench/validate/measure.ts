import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { nodeBinary, projectRoot } from '../../local/paths.ts';
import type { Task } from './contenders/finish.ts';
import { difference, type Found, median } from './found.ts';
import type { Input } from './generate.ts';

export interface Measured extends Found {
  /** Seconds of user and system time. */
  cpu: number;
  /** Seconds from the start of the process to its end. */
  wall: number;
  peakMb: number;
  /** What it found is not the truth. */
  wrong?: string;
}

export interface Contender {
  name: string;
  /** A file in contenders/. */
  program: string;
  threads: number;
}

/** Where bundles go: below the project, so that they find its packages. */
const BUNDLES = join(projectRoot, 'node_modules', '.cache', 'tributary-bench');

/** Bundles a TypeScript program as the functions are bundled, so that none pays for reading many source files. */
export async function bundle(entry: string): Promise<string> {
  const outfile = join(BUNDLES, `${entry.replace(/^.*\//, '').replace(/\.ts$/, '')}.mjs`);
  await build({
    entryPoints: [join(projectRoot, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
    external: ['@duckdb/node-api'],
    banner: { js: "import { createRequire } from 'node:module';const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  return outfile;
}

/** A contender on a file. */
export interface Job {
  /** As it is called in tables. */
  name: string;
  contender: Contender;
  input: Input;
}

export interface MeasureOptions {
  memoryLimitMb: number;
  /** A folder for the contenders' output; what they write is removed. */
  folder: string;
  runs: number;
  python?: string;
  /** Hears of each run before it starts. */
  onRun(name: string, round: number): void;
}

/**
 * Runs each job several times, each time in a process of its own; the figures are medians. The jobs take turns, so that
 * a slow minute of the machine is not one contender's. A job that fails has its error instead.
 */
export async function measure(jobs: Job[], options: MeasureOptions): Promise<Map<string, Measured | Error>> {
  const programs = new Map<string, string>();
  for (const { contender } of jobs) programs.set(contender.program, await prepare(contender.program));
  const results = jobs.map((job): { job: Job; runs: Measured[]; error?: Error } => ({ job, runs: [] }));
  for (let round = 1; round <= options.runs; round++) {
    for (const result of results) {
      if (result.error !== undefined) continue;
      options.onRun(result.job.name, round);
      try {
        result.runs.push(await runOnce(result.job, programs.get(result.job.contender.program)!, options));
      } catch (error) {
        result.error = error as Error;
      }
    }
  }
  return new Map(results.map(({ job, runs, error }) => [job.name, error ?? summary(runs, job.input)]));
}

function summary(runs: Measured[], input: Input): Measured {
  const middle = (figure: 'cpu' | 'wall' | 'peakMb') => median(runs.map((run) => run[figure]));
  const wrong = runs.map((run) => difference(run, input.truth)).find((text) => text !== undefined);
  return { ...runs[0]!, cpu: middle('cpu'), wall: middle('wall'), peakMb: middle('peakMb'), wrong };
}

/** Bundles a program of contenders/, unless it is Python. */
async function prepare(program: string): Promise<string> {
  const file = `bench/validate/contenders/${program}`;
  return program.endsWith('.py') ? join(projectRoot, file) : bundle(file);
}

async function runOnce({ contender, input }: Job, program: string, options: MeasureOptions): Promise<Measured> {
  await mkdir(options.folder, { recursive: true });
  const out = await mkdtemp(join(options.folder, 'out-'));
  try {
    const task: Task = { input: input.path, out, threads: contender.threads, memoryLimitMb: options.memoryLimitMb };
    const begin = performance.now();
    const { output, errors, code } = await run(
      program.endsWith('.py') ? options.python! : nodeBinary(),
      [program, JSON.stringify(task)],
      { BENCH_CONTRACT: join(projectRoot, 'bench', 'validate', 'orders.odcs.yaml') },
    );
    const wall = (performance.now() - begin) / 1000;
    if (code !== 0) {
      throw new Error(/^\w*(Error|Exception)\b.*$/m.exec(errors)?.[0] ?? (errors.slice(-500) || `exit code ${code}`));
    }
    return { ...(JSON.parse(output.trim().split('\n').at(-1)!) as Omit<Measured, 'wall'>), wall };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

/** Runs a program to its end, or to that of its time, and gathers what it says. */
export async function run(command: string, args: string[], env: NodeJS.ProcessEnv = {}, timeout?: number) {
  const child = spawn(command, args, {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
  });
  const gathered = { output: '', errors: '' };
  child.stdout.on('data', (text) => {
    gathered.output += text;
  });
  child.stderr.on('data', (text) => {
    gathered.errors += text;
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('close', resolve).once('error', reject),
  );
  return { ...gathered, code };
}
