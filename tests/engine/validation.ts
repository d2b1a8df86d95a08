import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Dataset } from '../../core/contract/dataset.ts';
import { parseContract } from '../../core/contract/parse.ts';
import { type ValidateFileOptions, type ValidationResult, validateFile } from '../../engine/validate.ts';
import { dataset } from './dataset.ts';

/** Real input files, if this machine has them. */
export const DATA = process.env.TRIBUTARY_DATA ?? resolve('..', 'shared', 'data');
export const hasData = existsSync(join(DATA, 'online-retail'));

export async function contract(name: string): Promise<Dataset> {
  const file = join('schemas', `${name}.odcs.yaml`);
  return parseContract(await readFile(file, 'utf8'), file);
}

export { column, dataset } from './dataset.ts';

export interface Rejected {
  record: number;
  line: number;
  raw: string;
  reasons: { column_name: string | null; rule: string; value: string | null; message: string }[];
}

export interface Outcome extends ValidationResult {
  rows: Record<string, unknown>[];
  rejects: Rejected[];
}

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Validates a file given as text or bytes, and reads back what was written. */
export async function validate(
  content: string | Uint8Array,
  of: Dataset = dataset(),
  more: Partial<ValidateFileOptions> & { chunk?: number } = {},
): Promise<Outcome> {
  const workDir = await mkdtemp(join(tmpdir(), 'tributary-test-'));
  try {
    const result = await validateFile({
      source: inChunks(Buffer.from(content as string), more.chunk ?? 65536),
      fileName: 'things.csv',
      dataset: of,
      fileId: 'f1',
      lastModified: '2025-01-01T00:00:00.123Z',
      stageId: 'f1-1',
      workDir,
      memoryLimitMb: 300,
      threads: 1,
      ...more,
    });
    const rows = await readParquet(...result.acceptedPaths);
    const rejects = result.rejectedPath ? await readParquet(result.rejectedPath) : [];
    return { ...result, rows, rejects: rejects as unknown as Rejected[] };
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** Rows of Parquet files in the order of `record`; bigints as numbers, decimals as text. */
export async function readParquet(...paths: string[]): Promise<Record<string, unknown>[]> {
  const files = paths.map((path) => `'${path}'`).join(', ');
  return query(`SELECT * FROM read_parquet([${files}]) ORDER BY COLUMNS('^(meta_)?record$')`);
}

export async function query(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          /^(meta_)?record$|^line$/.test(name) && value !== null ? Number(value) : value,
        ]),
      ),
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** The error that an action ends with; fails if it does not. */
export async function failure(action: Promise<unknown>): Promise<Error & { result?: ValidationResult }> {
  try {
    await action;
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}
