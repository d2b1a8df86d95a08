import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset, Encoding } from '../core/contract/dataset.ts';
import { FileRejectedError } from '../core/errors.ts';
import { csvField } from '../core/validation/csv.ts';
import { type Decoder, decoderOf } from '../core/validation/decode.ts';
import { LIMITS, type Limits } from '../core/validation/limits.ts';
import type { DamagedRecord } from '../core/validation/reasons.ts';
import { type Compression, HEAD_BYTES, recognise, type TextFormat } from '../core/validation/recognise.ts';
import { openSplitter, type SplitSummary, type Splitter } from '../core/validation/splitter.ts';
import { decompress } from './decompress.ts';
import { offsetWriter, writeAll } from './raw-records.ts';

/** What splitting leaves in the work folder. */
export type SplitFile = SplitText | SplitParquet;

export interface SplitText {
  format: TextFormat;
  compression: Compression | 'none';
  encoding: Encoding;
  /** Of CSV. */
  delimiter?: string;
  summary: SplitSummary;
  /** Of the file after decompression. */
  bytes: number;
  /** The file as it came, decompressed and in UTF-8. */
  sourcePath: string;
  offsetsPath: string;
  /** Sound records as strict CSV in the summary's dialect. */
  stagedPath: string;
  /** Damaged records as CSV: record, line, rule, value, message. */
  damagedPath: string;
  /** Bytes of the longest row of `damagedPath`. */
  damagedLongest: number;
}

/** Parquet has rows by itself: it is only brought to disk. */
export interface SplitParquet {
  format: 'parquet';
  compression: Compression | 'none';
  bytes: number;
  sourcePath: string;
}

/**
 * Streams a file through the splitter into the work folder, decompressing and decoding on the way. Throws
 * FileRejectedError when the file is empty, not a table, not complete, too large, or does not fit the contract.
 */
export async function splitFile(
  source: AsyncIterable<Uint8Array>,
  dataset: Dataset,
  workDir: string,
  limits: Limits = LIMITS,
): Promise<SplitFile> {
  const sourcePath = join(workDir, 'source');
  const copy = openSync(sourcePath, 'w');
  let splitting: Splitting | undefined;
  let isParquet = false;
  let decoder: Decoder | undefined;
  let head: Uint8Array = new Uint8Array();
  let compression: Compression | 'none' = 'none';
  let bytes = 0;
  let decoded = 0;
  const begin = () => {
    if (head.length === 0) throw new FileRejectedError('the file is empty (0 bytes).');
    const recognised = recognise(head, dataset.file.encoding);
    if (recognised.format === 'parquet') isParquet = true;
    else {
      decoder = decoderOf(recognised.encoding);
      splitting = openSplitting(recognised, dataset, workDir, limits);
    }
    pass(head);
  };
  const pass = (chunk: Uint8Array) => {
    const text = decoder ? decoder.write(chunk) : chunk;
    decoded += text.length;
    if (decoded > limits.file) throw new FileRejectedError(`the file is larger than ${limits.file} bytes as UTF-8.`);
    writeAll(copy, text);
    splitting?.splitter.write(text);
  };
  try {
    for await (const chunk of decompress(source, limits, (found) => {
      compression = found;
    })) {
      bytes += chunk.length;
      if (splitting || isParquet) pass(chunk);
      else {
        head = Buffer.concat([head, chunk]);
        if (head.length >= HEAD_BYTES) begin();
      }
    }
    if (!splitting && !isParquet) begin();
    if (!splitting || !decoder) return { format: 'parquet', compression, bytes, sourcePath };
    const rest = decoder.end();
    writeAll(copy, rest);
    splitting.splitter.write(rest);
    return { ...splitting.end(), compression, bytes, sourcePath };
  } catch (error) {
    throw brokenArchive(error, bytes, splitting?.splitter.lineReached ?? lineAfter(head)) ?? error;
  } finally {
    splitting?.close();
    closeSync(copy);
  }
}

type Splitting = ReturnType<typeof openSplitting>;

function openSplitting(
  recognised: { format: TextFormat; encoding: Encoding },
  dataset: Dataset,
  workDir: string,
  limits: Limits,
) {
  const stagedPath = join(workDir, 'staged.csv');
  const damagedPath = join(workDir, 'damaged.csv');
  const offsetsPath = join(workDir, 'offsets');
  const staged = openSync(stagedPath, 'w');
  const damaged = openSync(damagedPath, 'w');
  const offsets = offsetWriter(offsetsPath);
  let damagedLongest = 0;
  let written = 0;
  /** Short rows take more room when they are staged, and broken ones when they are explained: many times that of the file. */
  const write = (file: number, bytes: Uint8Array) => {
    written += bytes.length;
    if (written > 2 * limits.file) {
      throw new FileRejectedError(
        `its rows and what is wrong with them take more than ${2 * limits.file} bytes of work space, by line ${splitter.lineReached}. Split it into smaller files; if most of its rows are broken, export it anew.`,
      );
    }
    writeAll(file, bytes);
  };
  const output = {
    sound: (bytes: Uint8Array) => write(staged, bytes),
    damaged: ({ record, line, rule, value, message }: DamagedRecord) => {
      const row = Buffer.from(`${[record, line, rule, csvField(value), csvField(message)].join(',')}\n`);
      damagedLongest = Math.max(damagedLongest, row.length);
      write(damaged, row);
    },
    begins: offsets.add,
  };
  const splitter: Splitter = openSplitter({ ...recognised, dataset, output, maxRecord: limits.record });
  return {
    splitter,
    end: () => {
      const summary = splitter.end();
      const delimiter = recognised.format === 'csv' ? { delimiter: summary.dialect.delimiter } : {};
      return { ...recognised, ...delimiter, summary, stagedPath, damagedPath, offsetsPath, damagedLongest };
    },
    close: () => {
      offsets.close();
      for (const file of [staged, damaged]) closeSync(file);
    },
  };
}

const lineAfter = (bytes: Uint8Array): number => Buffer.from(bytes).toString('latin1').split('\n').length;

function brokenArchive(error: unknown, bytes: number, line: number): FileRejectedError | undefined {
  const { code, message } = error as { code?: string; message: string };
  if (!code || !/^(Z|ZSTD)_/.test(code)) return undefined;
  const how = code === 'Z_BUF_ERROR' ? 'breaks off' : `is damaged (${message})`;
  return new FileRejectedError(
    `the compressed file ${how} after about ${bytes} bytes of decompressed data, in line ${line}. It was probably not uploaded completely: compress and drop it again.`,
    { cause: error },
  );
}
