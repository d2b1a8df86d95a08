import { closeSync, openSync } from 'node:fs';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Dataset } from '../core/contract/dataset.ts';
import { FileRejectedError, InvalidInputError, RowConservationError } from '../core/errors.ts';
import { csvField } from '../core/validation/csv.ts';
import type { Limits } from '../core/validation/limits.ts';
import {
  type ColumnProfile,
  type Profile,
  TooManyRejectsError,
  type ValidationResult,
} from '../core/validation/result.ts';
import { losersSql, repeatsSql } from '../core/validation/sql/duplicates.ts';
import { partitionsSql, profileSql } from '../core/validation/sql/profile.ts';
import { acceptedSql, brokenSql, damagedSql, rejectedSql } from '../core/validation/sql/rows.ts';
import { literal } from '../core/validation/sql/text.ts';
import { type DuckDb, openDuckDb } from './duckdb.ts';
import { rawReader, writeAll } from './raw-records.ts';
import { type SplitFile, splitFile } from './split.ts';

export { TooManyRejectsError, type ValidationResult } from '../core/validation/result.ts';

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
  /** A folder for this validation alone; it is made if it is missing. It needs room for about three times the file. */
  workDir: string;
  /** For DuckDB, which spills to `workDir` beyond it; the rest of the process needs about 150 MB. */
  memoryLimitMb: number;
  threads: number;
  limits?: Limits;
}

const PARQUET = '(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 50000)';

/**
 * Checks every row of a file against its contract and writes `accepted.parquet`, `rejected.parquet` (only if there are
 * any) and `profile.json` to `workDir`. The same file gives the same rows, so a repeat overwrites like with like.
 * Throws FileRejectedError when the file as a whole can not be taken, TooManyRejectsError (a FileRejectedError with the
 * result) when more rows were rejected than the contract allows, RowConservationError when a row is unaccounted for.
 */
export async function validateFile(options: ValidateFileOptions): Promise<ValidationResult> {
  const { dataset, workDir, fileName } = options;
  await mkdir(workDir, { recursive: true });
  const at = (name: string) => join(workDir, name);
  for (const name of ['accepted.parquet', 'rejected.parquet', 'profile.json']) await rm(at(name), { force: true });
  const clock = stopwatch();
  let db: DuckDb | undefined;
  try {
    const split = await splitFile(options.source, dataset, workDir, options.limits);
    clock.lap('split');
    db = await openDuckDb({ ...options, tempDirectory: at('spill') });
    const result = await check(db, split, options, clock);
    await writeFile(result.profilePath, JSON.stringify(result.profile, null, 1));
    if (result.rejectedPercent > dataset.maxRejectPercent)
      throw new TooManyRejectsError(result, dataset.maxRejectPercent);
    return result;
  } catch (error) {
    if (error instanceof FileRejectedError) error.message = `${fileName}: ${error.message}`;
    throw error;
  } finally {
    db?.close();
    for (const name of ['source', 'offsets', 'staged.csv', 'damaged.csv', 'raw.csv', 'sound.parquet', 'spill']) {
      await rm(at(name), { force: true, recursive: true });
    }
  }
}

async function check(
  db: DuckDb,
  split: SplitFile,
  options: ValidateFileOptions,
  clock: Stopwatch,
): Promise<ValidationResult> {
  const { dataset, workDir, stageId, fileId } = options;
  const at = (name: string) => join(workDir, name);
  const acceptedPath = at('accepted.parquet');
  const rejectedPath = at('rejected.parquet');
  const lastModified = new Date(options.lastModified).getTime();
  if (!Number.isSafeInteger(lastModified) || lastModified < 0) {
    throw new InvalidInputError(`lastModified is not a time: ${options.lastModified}`);
  }

  // Pushing the filter down would copy every rule below the projection and evaluate it twice.
  await db.run("SET disabled_optimizers = 'filter_pushdown'");
  const staged = { path: split.stagedPath, summary: split.summary };
  const sound = at('sound.parquet');
  await db.run(`COPY (${acceptedSql(dataset, staged, { fileId, lastModified })}) TO ${literal(sound)} ${PARQUET}`);
  clock.lap('rules');
  const passed = await countRows(db, sound);
  await db.run(
    `CREATE TEMP TABLE rejects AS ${damagedSql(split.damagedPath, split.damagedLongest)}${
      passed < split.summary.sound ? ` UNION ALL ${brokenSql(dataset, staged)}` : ''
    }`,
  );
  await db.run("SET disabled_optimizers = ''");
  const rejected = await writeRejected(db, split, stageId, at('raw.csv'), rejectedPath);
  clock.lap('reasons');
  const lost = await settleDuplicates(db, dataset, sound, acceptedPath);
  clock.lap('duplicates');

  const counts = { in: split.summary.records, accepted: await countRows(db, acceptedPath), rejected, ...lost };
  await assertConserved(db, counts, split);
  const reasons = await countReasons(db);
  const columns = await profileColumns(db, dataset, acceptedPath);
  const partitionSql = partitionsSql(dataset, acceptedPath);
  const touched = partitionSql ? await db.rows<{ partition: string; row_count: number }>(partitionSql) : [];
  clock.lap('profile');

  const rejectedPercent = (100 * rejected) / counts.in;
  const profile: Profile = {
    dataset: dataset.name,
    contract_version: dataset.version,
    file_id: fileId,
    stage_id: stageId,
    format: split.format,
    counts,
    rejected_percent: rejectedPercent,
    reasons,
    columns,
    partitions: touched.map(({ partition, row_count }) => ({ partition, rows: row_count })),
    source_bytes: split.bytes,
    milliseconds: clock.laps,
  };
  return {
    counts,
    rejectedPercent,
    reasons,
    partitions: touched.map(({ partition }) => partition),
    bytes: (await stat(acceptedPath)).size,
    sourceBytes: split.bytes,
    profile,
    acceptedPath,
    rejectedPath: rejected > 0 ? rejectedPath : undefined,
    profilePath: at('profile.json'),
  };
}

/** Joins the rejected rows with their raw text and writes them; returns how many the written file holds. */
async function writeRejected(
  db: DuckDb,
  split: SplitFile,
  stageId: string,
  rawPath: string,
  to: string,
): Promise<number> {
  const reader = rawReader(split.sourcePath, split.offsetsPath, split.format);
  const file = openSync(rawPath, 'w');
  let longest = 0;
  let found = 0;
  try {
    for await (const records of db.numbers('SELECT record FROM rejects ORDER BY record')) {
      for (const record of records) {
        const row = Buffer.from(`${record},${csvField(reader.text(record))}\n`);
        longest = Math.max(longest, row.length);
        writeAll(file, row);
      }
      found += records.length;
    }
  } finally {
    closeSync(file);
    reader.close();
  }
  if (found === 0) return 0;
  await db.run(`COPY (${rejectedSql('rejects', rawPath, longest, stageId)}) TO ${literal(to)} ${PARQUET}`);
  return countRows(db, to);
}

/** Writes the accepted rows: of a keyed dataset the newest of each key, else all of them with their occurrence. */
async function settleDuplicates(
  db: DuckDb,
  dataset: Dataset,
  sound: string,
  accepted: string,
): Promise<{ duplicate: number; superseded: number }> {
  const keyed = dataset.key.length > 0;
  await db.run(`CREATE TEMP TABLE settled AS ${keyed ? losersSql(dataset.key, sound) : repeatsSql(sound)}`);
  const [settled] = await db.rows<{ n: number }>('SELECT count(*)::DOUBLE AS n FROM settled');
  if (settled?.n === 0) {
    await rename(sound, accepted);
    return { duplicate: 0, superseded: 0 };
  }
  const rows = `read_parquet(${literal(sound)})`;
  const rest = keyed
    ? `SELECT * FROM ${rows} ANTI JOIN settled USING (meta_record)`
    : `SELECT rows.* REPLACE (coalesce(rows.meta_row_hash || '-' || occurrence, rows.meta_row_id) AS meta_row_id)
       FROM ${rows} AS rows LEFT JOIN settled USING (meta_record)`;
  await db.run(`COPY (${rest}) TO ${literal(accepted)} ${PARQUET}`);
  if (!keyed) return { duplicate: 0, superseded: 0 };
  const fates = await db.rows<{ fate: string; n: number }>(
    'SELECT fate, count(*)::DOUBLE AS n FROM settled GROUP BY 1',
  );
  const of = (name: string) => fates.find(({ fate }) => fate === name)?.n ?? 0;
  return { duplicate: of('duplicate'), superseded: of('superseded') };
}

/** Throws RowConservationError unless every record of the file is in exactly one of the outcomes, with its reasons. */
async function assertConserved(db: DuckDb, counts: ValidationResult['counts'], { summary }: SplitFile): Promise<void> {
  const { accepted, rejected, duplicate, superseded } = counts;
  const [silent] = await db.rows<{ n: number }>('SELECT count(*)::DOUBLE AS n FROM rejects WHERE len(reasons) = 0');
  const isSplit = summary.records === summary.sound + summary.damaged;
  if (isSplit && counts.in === accepted + rejected + duplicate + superseded && silent?.n === 0) return;
  throw new RowConservationError(
    `rows are unaccounted for: ${JSON.stringify({ ...counts, sound: summary.sound, damaged: summary.damaged, without_reason: silent?.n })}`,
  );
}

async function countReasons(db: DuckDb): Promise<Record<string, number>> {
  const rows = await db.rows<{ reason: string; n: number }>(
    `SELECT concat_ws('.', reason.column_name, reason.rule) AS reason, count(*)::DOUBLE AS n
     FROM (SELECT unnest(reasons) AS reason FROM rejects) GROUP BY 1 ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ reason, n }) => [reason, n]));
}

async function profileColumns(db: DuckDb, dataset: Dataset, accepted: string): Promise<Record<string, ColumnProfile>> {
  const [row] = await db.rows<Record<string, ColumnProfile>>(profileSql(dataset, accepted));
  return Object.fromEntries(dataset.columns.map(({ name }, index) => [name, row![`p${index}`]!]));
}

async function countRows(db: DuckDb, parquet: string): Promise<number> {
  const [row] = await db.rows<{ n: number }>(`SELECT count(*)::DOUBLE AS n FROM read_parquet(${literal(parquet)})`);
  return row!.n;
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
