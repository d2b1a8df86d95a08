import { isUtf8 } from 'node:buffer';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Encoding, FileFormat } from '../core/contract/dataset.ts';
import type { LeftOut } from '../core/discovery/draft.ts';
import { FileRejectedError } from '../core/errors.ts';
import { decoderOf } from '../core/validation/decode.ts';
import { LIMITS } from '../core/validation/limits.ts';
import { type Compression, type Format, HEAD_BYTES, type Recognised, recognise } from '../core/validation/recognise.ts';
import { decompress } from './decompress.ts';
import { probeCsv } from './infer-csv.ts';
import { probeJson } from './infer-json.ts';

export interface SampleSource {
  /** As it is called in messages. */
  name: string;
  bytes: AsyncIterable<Uint8Array>;
  /** Where it lies, if it is a plain file: a Parquet file is then read in place. */
  path?: string;
}

/** The beginning of a file, cut behind whole records, with what it is called by. */
export interface Sample {
  name: string;
  format: Format;
  compression: Compression | 'none';
  /** On the disk: text in UTF-8, or a Parquet file. */
  path: string;
  /** How text files are written: what a contract has to state of it. */
  file: FileFormat;
  encoding?: Encoding;
  delimiter?: string;
  /** Headers of CSV, keys of JSON; of Parquet they are read later. */
  headers: string[];
  /** Of JSON, which keys hold numbers alone: they are written as programs do. */
  types?: (string | undefined)[];
  leftOut: LeftOut[];
  isCut: boolean;
}

/** Bytes of a text file, decompressed, that are looked at. */
export const SAMPLE_BYTES = 64 * 1024 * 1024;

/**
 * Brings the first rows of a file to `workDir`, at most `rows` of them in 64 MB; of Parquet the whole file, which ends in
 * its index. Throws FileRejectedError for what is no table, is empty, or has no whole record in its first 64 MB.
 */
export async function takeSample(source: SampleSource, rows: number, workDir: string): Promise<Sample> {
  let compression: Compression | 'none' = 'none';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const stream = decompress(source.bytes, LIMITS, (found) => {
    compression = found;
  });
  // A loop over the stream would close it behind the first part.
  const readTo = async (most: number): Promise<boolean> => {
    while (bytes < most) {
      const { done, value } = await stream.next();
      if (done) return false;
      // The decompressor may use its memory again.
      chunks.push(Buffer.from(value));
      bytes += value.length;
    }
    return true;
  };
  try {
    await readTo(HEAD_BYTES);
    if (bytes === 0) throw new FileRejectedError('the file is empty (0 bytes).');
    if (recogniseAny(Buffer.concat(chunks)).format === 'parquet') {
      return await parquetSample(source, compression, chunks, stream, workDir);
    }
    const isCut = await readTo(SAMPLE_BYTES + 1);
    return await textSample(source.name, compression, Buffer.concat(chunks), isCut, rows, workDir);
  } catch (error) {
    throw brokenArchive(error) ?? error;
  } finally {
    await stream.return(undefined);
  }
}

function brokenArchive(error: unknown): FileRejectedError | undefined {
  const { code, message } = error as { code?: string; message: string };
  if (!code || !/^(Z|ZSTD)_/.test(code)) return undefined;
  const how = code === 'Z_BUF_ERROR' ? 'breaks off' : `is damaged (${message})`;
  return new FileRejectedError(`the compressed file ${how}: compress it again.`, { cause: error });
}

/** Tells format and encoding as for a file whose contract may state any Unicode encoding. */
function recogniseAny(head: Uint8Array): Recognised {
  const encodings: Encoding[] = ['utf-8', 'utf-16le', 'utf-16be'];
  let first: unknown;
  for (const encoding of encodings) {
    try {
      return recognise(head, encoding);
    } catch (error) {
      first ??= error;
    }
  }
  throw first;
}

async function parquetSample(
  source: SampleSource,
  compression: Compression | 'none',
  chunks: Uint8Array[],
  rest: AsyncGenerator<Uint8Array>,
  workDir: string,
): Promise<Sample> {
  let path = join(workDir, 'source.parquet');
  if (source.path !== undefined && compression === 'none') path = source.path;
  else {
    await pipeline(async function* () {
      yield* chunks;
      yield* rest;
    }, createWriteStream(path));
  }
  const { name } = source;
  return { name, format: 'parquet', compression, path, file: {}, headers: [], leftOut: [], isCut: false };
}

async function textSample(
  name: string,
  compression: Compression | 'none',
  bytes: Buffer,
  isCut: boolean,
  rows: number,
  workDir: string,
): Promise<Sample> {
  const recognised = recogniseAny(bytes.subarray(0, HEAD_BYTES)) as Exclude<Recognised, { format: 'parquet' }>;
  const { format } = recognised;
  const encoding = recognised.encoding === 'utf-8' ? eightBit(bytes, isCut) : recognised.encoding;
  const decoder = decoderOf(encoding);
  const text = Buffer.concat([decoder.write(bytes), ...(isCut ? [] : [decoder.end()])]);
  const probed = format === 'csv' ? probeCsv(text, isCut, rows) : probeJson(text, format, isCut, rows);
  const path = join(workDir, 'sample');
  await writeFile(path, probed.text);
  const hasMark = /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 3));
  const file: FileFormat = { ...probed.file, ...(encoding === 'utf-8' || hasMark ? {} : { encoding }) };
  const { text: _, ...found } = probed;
  return { name, format, compression, path, encoding, ...found, file };
}

/** UTF-8, or Windows-1252 if bytes beyond ASCII are nowhere a character of UTF-8. */
function eightBit(bytes: Buffer, isCut: boolean): Encoding {
  // A character may be cut, too: it has four bytes at most.
  const ends = isCut ? [0, 1, 2, 3] : [0];
  if (ends.some((missing) => isUtf8(bytes.subarray(0, bytes.length - missing)))) return 'utf-8';
  const latin = bytes.toString('latin1');
  if (/[\xc3-\xdf][\x80-\xbf](?![\x80-\xbf])|[\xe0-\xef][\x80-\xbf]{2}(?![\x80-\xbf])/.test(latin)) return 'utf-8';
  return /[\x81\x8d\x8f\x90\x9d]/.test(latin) ? 'iso-8859-1' : 'windows-1252';
}
