import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../core/contract/dataset.ts';
import { FileRejectedError } from '../core/errors.ts';
import { csvField } from '../core/validation/csv.ts';
import { LIMITS, type Limits } from '../core/validation/limits.ts';
import type { DamagedRecord } from '../core/validation/reasons.ts';
import { type Format, HEAD_BYTES, recogniseFormat } from '../core/validation/recognise.ts';
import { type SplitSummary, Splitter } from '../core/validation/splitter.ts';
import { decompress } from './decompress.ts';
import { offsetWriter, writeAll } from './raw-records.ts';

/** What splitting leaves in the work folder. */
export interface SplitFile {
  format: Format;
  summary: SplitSummary;
  bytes: number;
  /** The file as it came, decompressed. */
  sourcePath: string;
  offsetsPath: string;
  /** Sound records as strict CSV. */
  stagedPath: string;
  /** Damaged records as CSV: record, line, rule, value, message. */
  damagedPath: string;
  /** Bytes of the longest row of `damagedPath`. */
  damagedLongest: number;
}

/**
 * Streams a file through the splitter into the work folder, decompressing on the way. Throws FileRejectedError when the
 * file is empty, not a table, broken gzip, too large, or its header does not fit the contract.
 */
export async function splitFile(
  source: AsyncIterable<Uint8Array>,
  dataset: Dataset,
  workDir: string,
  limits: Limits = LIMITS,
): Promise<SplitFile> {
  const paths = {
    sourcePath: join(workDir, 'source'),
    offsetsPath: join(workDir, 'offsets'),
    stagedPath: join(workDir, 'staged.csv'),
    damagedPath: join(workDir, 'damaged.csv'),
  };
  const copy = openSync(paths.sourcePath, 'w');
  const staged = openSync(paths.stagedPath, 'w');
  const damaged = openSync(paths.damagedPath, 'w');
  const offsets = offsetWriter(paths.offsetsPath);
  let damagedLongest = 0;
  const output = {
    sound: (bytes: Uint8Array) => writeAll(staged, bytes),
    damaged: ({ record, line, rule, value, message }: DamagedRecord) => {
      const row = Buffer.from(`${[record, line, rule, csvField(value), csvField(message)].join(',')}\n`);
      damagedLongest = Math.max(damagedLongest, row.length);
      writeAll(damaged, row);
    },
    begins: offsets.add,
  };

  let head: Uint8Array = new Uint8Array();
  let format: Format = 'csv';
  let splitter: Splitter | undefined;
  let bytes = 0;
  const begin = () => {
    if (head.length === 0) throw new FileRejectedError('the file is empty (0 bytes).');
    format = recogniseFormat(head);
    splitter = new Splitter({ format, dataset, output, maxRecord: limits.record });
    splitter.write(head);
    return splitter;
  };
  try {
    for await (const chunk of decompress(source, limits)) {
      bytes += chunk.length;
      writeAll(copy, chunk);
      if (splitter) splitter.write(chunk);
      else {
        head = Buffer.concat([head, chunk]);
        if (head.length >= HEAD_BYTES) begin();
      }
    }
    const summary = (splitter ?? begin()).end();
    return { format, summary, bytes, ...paths, damagedLongest };
  } catch (error) {
    throw brokenGzip(error, bytes, splitter?.lineReached ?? lineAfter(head)) ?? error;
  } finally {
    offsets.close();
    for (const file of [copy, staged, damaged]) closeSync(file);
  }
}

const lineAfter = (bytes: Uint8Array): number => Buffer.from(bytes).toString('latin1').split('\n').length;

function brokenGzip(error: unknown, bytes: number, line: number): FileRejectedError | undefined {
  const { code, message } = error as { code?: string; message: string };
  if (!code?.startsWith('Z_')) return undefined;
  const how = code === 'Z_BUF_ERROR' ? 'breaks off' : `is damaged (${message})`;
  return new FileRejectedError(
    `the gzip file ${how} after about ${bytes} bytes of decompressed data, in line ${line}. It was probably not uploaded completely: compress and drop it again.`,
    { cause: error },
  );
}
