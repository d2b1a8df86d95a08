import type { Encoding } from '../contract/dataset.ts';
import { FileRejectedError } from '../errors.ts';
import { decoderOf, encodingOf } from './decode.ts';

/** `jsonl`: one object a line; `json`: an array of objects. */
export type Format = 'csv' | 'jsonl' | 'json' | 'parquet';

export type TextFormat = Exclude<Format, 'parquet'>;

export type Compression = 'gzip' | 'zstd';

export type Recognised = { format: TextFormat; encoding: Encoding } | { format: 'parquet' };

/** Enough of a file's beginning to recognise it by. */
export const HEAD_BYTES = 4096;

/** First bytes of what people drop by mistake (en.wikipedia.org/wiki/List_of_file_signatures), in Latin-1. */
const SIGNATURES: readonly (readonly [string, string])[] = [
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['%PDF', 'a PDF document'],
  ['PK\x03\x04', 'a ZIP archive or an Office document'],
  ['PK\x05\x06', 'an empty ZIP archive'],
  ['\xd0\xcf\x11\xe0', 'an old Office document'],
  ['PARE', 'an encrypted Parquet file'],
  ['ORC', 'an ORC file'],
  ['Obj\x01', 'an Avro file'],
  ['\x1f\x8b', 'gzip inside of a compressed file'],
  ['\x28\xb5\x2f\xfd', 'zstd inside of a compressed file'],
  ['BZh', 'compressed with bzip2'],
  ['\xfd7zXZ', 'compressed with xz'],
  ['7z\xbc\xaf', 'a 7-Zip archive'],
  ['Rar!', 'a RAR archive'],
  ['SQLite format 3', 'a SQLite database'],
  ['\x7fELF', 'a program'],
  ['\xff\xfe\0\0', 'text in UTF-32'],
  ['\0\0\xfe\xff', 'text in UTF-32'],
];

/** Tells compression by a file's first four bytes (RFC 1952, RFC 8878 with its skippable frames). */
export function compressionOf(head: Uint8Array): Compression | undefined {
  const [a = 0, b, c, d] = head;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  if (a >> 4 === 0x5 && b === 0x2a && c === 0x4d && d === 0x18) return 'zstd';
  return undefined;
}

/**
 * Tells format and encoding of a file by its first bytes (decompressed), never by its name; `stated` is the contract's
 * encoding of files without a byte order mark. Throws FileRejectedError for what is not a table, naming what it looks
 * like, and for an encoding that is not the one stated.
 */
export function recognise(head: Uint8Array, stated: Encoding = 'utf-8'): Recognised {
  const bytes = Buffer.from(head.subarray(0, HEAD_BYTES));
  const start = bytes.toString('latin1');
  // A CSV header may begin with ORC or PAR1; the first line of a real file of those kinds holds more than letters.
  const isOf = (signature: string) => start.startsWith(signature) && (!/^\w+$/.test(signature) || !isPlainLine(start));
  if (isOf('PAR1')) return { format: 'parquet' };
  for (const [signature, what] of SIGNATURES) if (isOf(signature)) throw notATable(what);

  const encoding = encodingOf(bytes, stated);
  const text = Buffer.from(decoderOf(encoding).write(bytes))
    .toString()
    .replace(/^\ufeff/, '');
  const body = text.trimStart();
  if (body.startsWith('{')) return { format: 'jsonl', encoding };
  if (body.startsWith('[') && !BRACKETED_NAME.test(body)) return { format: 'json', encoding };
  if (/^<(?:!doctype|html|\?xml|[a-z][\w:.-]*[\s>/])/i.test(body)) throw notATable('HTML or XML');
  return { format: 'csv', encoding };
}

/** A CSV header as some databases write it: `[id],[name]`. */
const BRACKETED_NAME = /^\[(?!(?:true|false|null)\])[a-z_][\w ]*\](?:[^\w\s]|\s*$|[\t\r\n])/i;

const isPlainLine = (text: string): boolean => /^[\t -~]*[\r\n]/.test(text) || /^[\t -~]*$/.test(text);

const notATable = (what: string): FileRejectedError =>
  new FileRejectedError(
    `the file is neither CSV, JSON nor Parquet: it looks like ${what}. Export the table as CSV with a header line, as JSON lines, as a JSON array of objects or as Parquet.`,
  );
