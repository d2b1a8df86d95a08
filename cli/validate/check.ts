import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Dataset } from '../../core/contract/dataset.ts';
import { FileRejectedError } from '../../core/errors.ts';
import { RowsRejectedError, type ValidationResult } from '../../core/validation/result.ts';
import { openDuckDb } from '../../engine/duckdb.ts';
import { validateFile } from '../../engine/validate.ts';
import { FailedError, UsageError } from '../exit.ts';
import type { Progress } from './progress.ts';
import { countReasons, firstRejected, type ReasonCount, type RejectedRow, writeJsonLines } from './rejects.ts';
import type { Source } from './source.ts';

const MB = 1024 * 1024;
/** What `--out` writes: there may be several files of accepted rows. */
const OUTPUT = /^(accepted(-\d+)?\.parquet|rejected\.parquet|rejected\.jsonl|profile\.json)$/;

export interface CheckOptions {
  source: Source;
  dataset: Dataset;
  /** How many rejected rows are read back. */
  rows: number;
  /** Where the full split goes, if it is wanted. */
  out?: string;
  workFolder: string;
  progress: Progress;
}

/** What the pipeline would do with a file. */
export interface Checked {
  file: string;
  dataset: Dataset;
  /** Undefined if the file can not be read as a table. */
  result?: ValidationResult;
  /** Why the file would be refused whole. */
  refusal?: FileRejectedError;
  reasons: ReasonCount[];
  rejectedRows: RejectedRow[];
  /** Files written to `out`. */
  written: string[];
  milliseconds: number;
}

/** Validates a file as the pipeline does, with as much of this machine as is polite. */
export async function checkFile(options: CheckOptions): Promise<Checked> {
  const { source, dataset, workFolder, progress } = options;
  const machine = { memoryLimitMb: memoryLimitMb(), threads: Math.min(4, availableParallelism()) };
  const begun = performance.now();
  let result: ValidationResult | undefined;
  let refusal: FileRejectedError | undefined;
  try {
    result = await validateFile({
      source: source.bytes,
      fileName: source.name,
      dataset,
      fileId: 'local',
      lastModified: source.lastModified,
      stageId: 'local',
      workDir: workFolder,
      ...machine,
      onProgress: progress.tell,
    });
  } catch (error) {
    if (!(error instanceof FileRejectedError)) throw withRoom(error, workFolder);
    refusal = error;
    // Refused for its rows or for its figures, not unreadable: then what was found out comes along.
    if (error instanceof RowsRejectedError) result = error.result;
  } finally {
    progress.end();
  }
  const milliseconds = Math.round(performance.now() - begun);
  const checked: Checked = {
    file: source.name,
    dataset,
    result,
    refusal,
    reasons: [],
    rejectedRows: [],
    written: [],
    milliseconds,
  };
  const jsonLines = join(workFolder, 'rejected.jsonl');
  if (result?.rejectedPath !== undefined) {
    const db = await openDuckDb({ ...machine, tempDirectory: join(workFolder, 'spill') });
    try {
      checked.reasons = await countReasons(db, result.rejectedPath);
      checked.rejectedRows = await firstRejected(db, result.rejectedPath, options.rows);
      if (options.out !== undefined) await writeJsonLines(db, result.rejectedPath, jsonLines);
    } finally {
      db.close();
    }
  }
  if (options.out !== undefined) checked.written = await handOut(options.out, result, jsonLines);
  return checked;
}

/** Throws UsageError if the full split would overwrite the file that is checked. */
export function checkOut(file: string, out: string): void {
  if (dirname(resolve(file)) === resolve(out) && OUTPUT.test(basename(file))) {
    throw new UsageError(`--out ${out} would overwrite ${file}: name another folder`);
  }
}

/** Copies what there is, and removes what an earlier check of another file has left. */
async function handOut(folder: string, result: ValidationResult | undefined, jsonLines: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (OUTPUT.test(name)) await rm(join(folder, name));
  if (result === undefined) return [];
  const { acceptedPaths, rejectedPath, profilePath } = result;
  const rejected = rejectedPath === undefined ? [] : [rejectedPath, jsonLines];
  const written: string[] = [];
  for (const path of [...acceptedPaths, ...rejected, profilePath]) {
    const to = join(folder, basename(path));
    await copyFile(path, to);
    written.push(to);
  }
  return written;
}

/** Half of the memory that this process may use, up to 2 GB. */
function memoryLimitMb(): number {
  // Undefined or absurdly large where nothing constrains the process.
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return Math.max(128, Math.floor(Math.min(2048, memory / MB / 2)));
}

function withRoom(error: unknown, folder: string): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (code !== 'ENOSPC' && !/no space left|no free disk space/i.test(message ?? '')) return error;
  return new FailedError(
    `there is no room left in ${folder}: about three times the size of the decompressed file is needed. Set TMPDIR to a folder on a larger disk.`,
    { cause: error },
  );
}
