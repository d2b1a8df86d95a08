import { mkdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../core/contract/dataset.ts';
import { FileRejectedError, InvalidInputError, RowConservationError } from '../core/errors.ts';
import { toldReasons } from '../core/validation/column-like.ts';
import { LIMITS, type Limits } from '../core/validation/limits.ts';
import { gatesBroken, type Profile, tooManyRejects, type ValidationResult } from '../core/validation/result.ts';
import { partitionsSql } from '../core/validation/sql/profile.ts';
import { acceptedSql } from '../core/validation/sql/rows.ts';
import { literal, readParquet } from '../core/validation/sql/text.ts';
import { countRows, type DuckDb, openDuckDb, PARQUET } from './duckdb.ts';
import { type Input, textInput } from './input.ts';
import { parquetInput, readable } from './parquet-input.ts';
import { checkGates, countReasons, countWarnings, exampleReasons, profileColumns } from './profile.ts';
import { explain, pendingRecords } from './rejects.ts';
import { prepareRules } from './row-rules.ts';
import { setApart, settle } from './settle.ts';
import { type SplitFile, splitFile } from './split.ts';

export { RowsRejectedError, type ValidationResult } from '../core/validation/result.ts';

export interface ValidateFileOptions {
  /** The bytes of the file, as they were stored (plain or gzip). */
  source: AsyncIterable<Uint8Array>;
  /** Named in errors; says nothing about the format. */
  fileName: string;
  dataset: Dataset;
  fileId: string;
  /** When the object was stored: part of every row's version. */
  lastModified: Date | string;
  stageId: string;
  /** A folder for this validation alone; it is made if it is missing. It needs room for three times the decompressed file. */
  workDir: string;
  /** For DuckDB, which spills to `workDir` beyond it; the rest of the process needs about 150 MB. */
  memoryLimitMb: number;
  threads: number;
  limits?: Limits;
  /** Told after every piece of the file that was read, and at the beginning of each later phase. */
  onProgress?: (progress: Progress) => void;
}

export interface Progress {
  phase: 'read' | 'check' | 'explain' | 'profile';
  /** Bytes of the source read so far, as they are stored. */
  bytes: number;
  /** Records found; known once the file is read. */
  records?: number;
}

/** What is left in the work folder; everything else in it goes. */
const RESULTS = ['accepted.parquet', 'accepted-1.parquet', 'rejected.parquet', 'profile.json'];
const SCRATCH = ['source', 'offsets', 'staged.csv', 'damaged.csv', 'pending.csv', 'raw.csv', 'rows.parquet', 'spill'];

/**
 * Checks every row of a file against its contract and writes the accepted rows (`accepted.parquet`, and
 * `accepted-1.parquet` if some had to be compared with others), `rejected.parquet` (only if there are any) and
 * `profile.json` to `workDir`. The same file gives the same rows, so a repeat overwrites like with like.
 * Throws FileRejectedError when the file as a whole can not be taken; RowsRejectedError (one with the result) when more
 * rows were rejected than the contract allows or a quality rule on the whole file is broken; RowConservationError when a
 * row is unaccounted for.
 */
export async function validateFile(options: ValidateFileOptions): Promise<ValidationResult> {
  const { dataset, workDir, fileName } = options;
  await mkdir(workDir, { recursive: true });
  const at = (name: string) => join(workDir, name);
  for (const name of RESULTS) await rm(at(name), { force: true });
  const clock = stopwatch();
  const progress = progressOf(options);
  let db: DuckDb | undefined;
  try {
    const third = await thirdOfSpace(workDir);
    const limits = options.limits ?? { ...LIMITS, file: Math.min(LIMITS.file, third) };
    const split = await splitFile(progress.source, dataset, workDir, limits);
    clock.lap('split');
    const spillMb = Math.floor(third / 1_000_000);
    db = await openDuckDb({ ...options, tempDirectory: at('spill'), spillMb });
    const input =
      split.format === 'parquet'
        ? await parquetInput(db, dataset, split.sourcePath, workDir, limits.record)
        : textInput(db, dataset, split, workDir);
    const result = await readable(split.format, () =>
      check(db!, input, split, options, { clock, tell: progress.tell }),
    );
    await writeFile(result.profilePath, JSON.stringify(result.profile, null, 1));
    refuse(dataset, result);
    return result;
  } catch (error) {
    if (error instanceof FileRejectedError) error.message = `${fileName}: ${error.message}`;
    throw error;
  } finally {
    db?.close();
    for (const name of SCRATCH) await rm(at(name), { force: true, recursive: true });
  }
}

/** Bytes of a third of the room in a folder: for the copy of a file; its staged rows and results; what DuckDB spills. */
async function thirdOfSpace(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return Math.floor((bavail * bsize) / 3);
}

/** The source, counted as it is read. */
function progressOf({ source, onProgress }: ValidateFileOptions) {
  let bytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      bytes += chunk.length;
      onProgress?.({ phase: 'read', bytes });
      yield chunk;
    }
  }
  return {
    source: counted(),
    tell: (phase: Progress['phase'], records: number) => onProgress?.({ phase, bytes, records }),
  };
}

function refuse({ gates, maxRejectPercent }: Dataset, result: ValidationResult): void {
  if (result.rejectedPercent > maxRejectPercent) throw tooManyRejects(result, maxRejectPercent);
  const broken = gates.filter(({ name, severity }) =>
    result.profile.gates.some((gate) => gate.name === name && !gate.passed && severity === 'error'),
  );
  if (broken.length > 0) throw gatesBroken(result, broken);
}

async function check(
  db: DuckDb,
  input: Input,
  split: SplitFile,
  options: ValidateFileOptions,
  { clock, tell }: { clock: Stopwatch; tell(phase: Progress['phase'], records: number): void },
): Promise<ValidationResult> {
  const { workDir, stageId, fileId } = options;
  const { dataset, staged, records } = input;
  const lineage = { fileId, lastModified: milliseconds(options.lastModified) };
  const at = (name: string) => join(workDir, name);

  tell('check', records);
  await prepareRules(db, dataset);
  const apart = await setApart(db, input);
  clock.lap('keys');
  await db.run(
    `COPY (${acceptedSql(dataset, staged, lineage, apart)}) TO ${literal(at('accepted.parquet'))} ${PARQUET}`,
  );
  clock.lap('rules');
  tell('explain', records);
  const pending = await pendingRecords(db, input, at('accepted.parquet'));
  const only = pending.count > 0 ? await input.only(pending.records) : undefined;
  await explain(db, input, only, apart && only && acceptedSql(dataset, only, lineage));
  await db.run("SET disabled_optimizers = ''");
  const fates = await settle(db, dataset, apart !== undefined, workDir);
  clock.lap('reasons');
  const rejected = await writeRejected(db, input, stageId, at('rejected.parquet'));
  clock.lap('quarantine');

  const acceptedPaths = [at('accepted.parquet'), ...(fates.contested ? [at('accepted-1.parquet')] : [])];
  const accepted = readParquet(...acceptedPaths);
  const { duplicate, superseded } = fates;
  const counts = { in: records, accepted: await countRows(db, accepted), rejected, duplicate, superseded };
  await assertConserved(db, counts, input.damaged);

  tell('profile', records);
  const touched = await partitionsOf(db, dataset, accepted);
  const { format, compression, bytes: sourceBytes } = split;
  const rejectedPercent = (100 * rejected) / counts.in;
  const profile: Profile = {
    dataset: dataset.name,
    contract_version: dataset.version,
    file_id: fileId,
    stage_id: stageId,
    format,
    compression,
    ...(split.format === 'parquet' ? {} : { encoding: split.encoding }),
    ...(split.format === 'csv' ? { delimiter: split.delimiter } : {}),
    counts,
    rejected_percent: rejectedPercent,
    reasons: toldReasons(dataset, await countReasons(db), counts.in),
    examples: await exampleReasons(db, dataset),
    warnings: await countWarnings(db, accepted),
    gates: await checkGates(db, dataset.gates, accepted, counts),
    unknown_columns: input.unknown,
    columns: await profileColumns(db, dataset, accepted),
    partitions: touched,
    source_bytes: sourceBytes,
    milliseconds: clock.laps,
  };
  clock.lap('profile');
  const sizes = await Promise.all(acceptedPaths.map(async (path) => (await stat(path)).size));
  return {
    counts,
    rejectedPercent,
    reasons: profile.reasons,
    partitions: touched.map(({ partition }) => partition),
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    sourceBytes,
    profile,
    acceptedPaths,
    rejectedPath: rejected > 0 ? at('rejected.parquet') : undefined,
    profilePath: at('profile.json'),
  };
}

function milliseconds(lastModified: Date | string): number {
  const time = new Date(lastModified).getTime();
  if (Number.isSafeInteger(time) && time >= 0) return time;
  throw new InvalidInputError(`lastModified is not a time: ${lastModified}`);
}

/** Joins the rejected rows with their raw text and writes them; returns how many the written file holds. */
async function writeRejected(db: DuckDb, input: Input, stageId: string, to: string): Promise<number> {
  if ((await countRows(db, 'rejects')) === 0) return 0;
  const raw = await input.raw('rejects');
  await db.run(
    `COPY (SELECT ${literal(stageId)} AS stage_id, record, line, raw, reasons
           FROM rejects JOIN (${raw}) USING (record) ORDER BY record) TO ${literal(to)} ${PARQUET}`,
  );
  return countRows(db, readParquet(to));
}

/** Throws RowConservationError unless every record of the file is in exactly one of the outcomes, with its reasons. */
async function assertConserved(db: DuckDb, counts: ValidationResult['counts'], damaged: number): Promise<void> {
  const { accepted, rejected, duplicate, superseded } = counts;
  const [silent] = await db.rows<{ n: number }>('SELECT count(*)::DOUBLE AS n FROM rejects WHERE len(reasons) = 0');
  if (counts.in === accepted + rejected + duplicate + superseded && silent?.n === 0 && rejected >= damaged) return;
  throw new RowConservationError(
    `rows are unaccounted for: ${JSON.stringify({ ...counts, damaged, without_reason: silent?.n })}`,
  );
}

async function partitionsOf(db: DuckDb, dataset: Dataset, accepted: string): Promise<Profile['partitions']> {
  const sql = partitionsSql(dataset, accepted);
  const touched = sql ? await db.rows<{ partition: string; row_count: number }>(sql) : [];
  return touched.map(({ partition, row_count }) => ({ partition, rows: row_count }));
}

interface Stopwatch {
  laps: Record<string, number>;
  lap(name: string): void;
}

function stopwatch(): Stopwatch {
  let last = performance.now();
  const laps: Record<string, number> = {};
  return {
    laps,
    lap(name) {
      const now = performance.now();
      laps[name] = Math.round(now - last);
      last = now;
    },
  };
}
