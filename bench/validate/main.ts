import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from '../../local/paths.ts';
import { type InputFormat, inputFile } from './generate.ts';
import { DUCKDB, type Figures, goals, OURS, OURS_2, PANDAS, PLAIN, SAME_WORK } from './goals.ts';
import { type Contender, type Measured, measure, run } from './measure.ts';
import { startTimes, zipBytes } from './start.ts';
import { type Cell, parseRows, rowsText, table } from './table.ts';

/** Usage: npm run bench:validate -- [--rows 10k,1M,10M] [--python PATH] [--package] …; bench/README.md tells more. */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10k,1M,10M' },
    runs: { type: 'string', default: '3' },
    python: { type: 'string', default: 'python3' },
    memory: { type: 'string', default: '256' },
    folder: { type: 'string', default: join(cacheFolder(), 'bench') },
    package: { type: 'boolean', default: false },
  },
});
const sizes = values.rows
  .split(',')
  .map(parseRows)
  .sort((a, b) => a - b);
const runs = parseRows(values.runs);
const memoryLimitMb = parseRows(values.memory);
const { folder } = values;
const work = join(folder, 'work');
/** Larger files are run once and without the slow contenders, which take minutes or more memory than most machines have. */
const REPEATED = 1_000_000;
const FORMATS = ['jsonl', 'csv.gz', 'csv.zst'] as const satisfies InputFormat[];
const FIGURES = ['CPU s', 'wall s', 'peak MB', 'MB/s'];

const python = (await hasPandas(values.python)) ? values.python : undefined;
const ours: Contender = { name: OURS, program: 'tributary.ts', threads: 1 };
const ours2: Contender = { name: OURS_2, program: 'tributary.ts', threads: 2 };
const duckdb: Contender = { name: DUCKDB, program: 'duckdb.ts', threads: 1 };
const slow: Contender[] = [
  { name: SAME_WORK, program: 'csv-zod-same.ts', threads: 1 },
  { name: PLAIN, program: 'csv-zod-plain.ts', threads: 1 },
  ...(python === undefined ? [] : [{ name: PANDAS, program: 'pandas_pyarrow.py', threads: 1 }]),
];

/** By `jobName`; `bytes` is the size of the file after decompression. */
const seen = new Map<string, Measured & { bytes: number }>();
const failures: string[] = [];

const processor = cpus()[0]?.model ?? process.arch;
console.log(`${processor}, ${availableParallelism()} cores, Node ${process.version}. Files are in ${folder}.`);
console.log(`Up to ${rowsText(REPEATED)} rows medians of ${runs} runs; DuckDB's memory limit is ${memoryLimitMb} MB.`);
for (const rows of sizes) await compare(rows);
showLaps();
showGoals();
await showStart();
if (python === undefined) {
  console.log(`\nLeft out: ${PANDAS}, since ${values.python} has no pandas and pyarrow (--python PATH names another).`);
}
for (const [name, { wrong }] of seen)
  if (wrong !== undefined) failures.push(`${name} found what is not there: ${wrong}`);
for (const failure of failures) console.log(`\nFAILED ${failure}`);
if (failures.length > 0) process.exitCode = 1;

async function compare(rows: number): Promise<void> {
  const csv = await inputFile(folder, rows, 'csv');
  const contenders = [ours, ours2, duckdb, ...(rows <= REPEATED ? slow : [])];
  const jobs = contenders.map((contender) => ({ name: jobName(contender.name, rows), contender, input: csv }));
  for (const format of FORMATS) {
    const input = await inputFile(folder, rows, format);
    jobs.push({ name: jobName(OURS_2, rows, format), contender: ours2, input });
  }
  const measured = await measure(jobs, {
    folder: work,
    runs: rows <= REPEATED ? runs : 1,
    memoryLimitMb,
    python,
    onRun: (name, round) => process.stderr.write(`… ${name}, run ${round}\n`),
  });
  for (const { name, input } of jobs) {
    const found = measured.get(name)!;
    const { bytes } = input.path.endsWith('.jsonl') ? input : csv;
    if (found instanceof Error) failures.push(`${name}: ${found.message}`);
    else seen.set(name, { ...found, bytes });
  }

  const { rejected, lost } = csv.truth;
  console.log(`\n${rowsText(rows)} rows of CSV, ${megabytes(csv.bytes)}: ${rejected} bad, ${lost} beaten by another`);
  console.log(
    table(
      ['contender', ...FIGURES, 'CPU ×', 'rows'],
      contenders.map(({ name }) => [name, ...figuresOf(jobName(name, rows), jobName(OURS, rows), 'cpu')]),
    ),
  );
  if (rows > REPEATED) console.log(`Left out at this size: ${slow.map(({ name }) => name).join('; ')}.`);
  console.log(`\n${rowsText(rows)} rows in other formats, ${OURS_2}`);
  console.log(
    table(
      ['format', ...FIGURES, 'wall ×', 'rows'],
      (['csv', ...FORMATS] as const).map((format) => [
        format,
        ...figuresOf(jobName(OURS_2, rows, format), jobName(OURS_2, rows), 'wall'),
      ]),
    ),
  );
}

function jobName(contender: string, rows: number, format: InputFormat = 'csv'): string {
  return `${contender}, ${rowsText(rows)} ${format}`;
}

/** The cells of a job, the last but one its ratio to another job. */
function figuresOf(name: string, base: string, per: 'cpu' | 'wall'): Cell[] {
  const found = seen.get(name);
  const other = seen.get(base);
  if (found === undefined) return [...FIGURES.map(() => ''), '', 'FAILED'];
  return [
    found.cpu.toFixed(2),
    found.wall.toFixed(2),
    found.peakMb.toFixed(0),
    (found.bytes / 1e6 / found.wall).toFixed(1),
    other && (found[per] / other[per]).toFixed(2),
    found.wrong === undefined ? 'right' : 'WRONG',
  ];
}

function showLaps(): void {
  console.log('\nWhere the time goes, in milliseconds');
  for (const [name, { laps }] of seen) {
    const texts = Object.entries(laps ?? {}).map(([lap, milliseconds]) => `${lap} ${milliseconds}`);
    if (texts.length > 0) console.log(`  ${name}: ${texts.join(', ')}`);
  }
}

function showGoals(): void {
  const figures: Figures = {
    cpu: (contender, rows, format) => seen.get(jobName(contender, rows, format))?.cpu,
    wall: (contender, rows, format) => seen.get(jobName(contender, rows, format))?.wall,
    peakMb: (contender, rows, format) => seen.get(jobName(contender, rows, format))?.peakMb,
    speed(contender, rows, format) {
      const found = seen.get(jobName(contender, rows, format));
      return found && found.bytes / 1e6 / found.wall;
    },
  };
  const rows = goals(figures, sizes).map(({ goal, measured, met }): Cell[] => {
    return [goal, measured, met === undefined ? '' : met ? 'met' : 'MISSED'];
  });
  if (rows.length > 0) console.log(`\n${table(['goal', 'measured', ''], rows)}`);
}

async function showStart(): Promise<void> {
  try {
    const { loaded, firstFile } = await startTimes(work, runs);
    console.log(
      `\nThe function in a fresh process: loaded after ${Math.round(loaded)} ms, first small file done after ${Math.round(firstFile)} ms.`,
    );
    if (values.package) console.log(`Its zip: ${megabytes(await zipBytes(work))}.`);
  } catch (error) {
    failures.push(`the function: ${(error as Error).message}`);
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

async function hasPandas(command: string): Promise<boolean> {
  try {
    return (await run(command, ['-c', 'import pandas, pyarrow'])).code === 0;
  } catch {
    return false;
  }
}
