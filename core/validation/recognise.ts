import { FileRejectedError } from '../errors.ts';

export type Format = 'csv' | 'jsonl';

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
  ['PAR1', 'a Parquet file'],
  ['ORC', 'an ORC file'],
  ['Obj\x01', 'an Avro file'],
  ['\x1f\x8b', 'gzip inside gzip'],
  ['\x28\xb5\x2f\xfd', 'compressed with zstd'],
  ['BZh', 'compressed with bzip2'],
  ['\xfd7zXZ', 'compressed with xz'],
  ['7z\xbc\xaf', 'a 7-Zip archive'],
  ['Rar!', 'a RAR archive'],
  ['SQLite format 3', 'a SQLite database'],
  ['\x7fELF', 'a program'],
  ['\xff\xfe', 'text in UTF-16'],
  ['\xfe\xff', 'text in UTF-16'],
];

export const isGzip = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/**
 * Tells the format of a file by its first bytes (decompressed), never by its name. Throws FileRejectedError if it is
 * something else than CSV or JSON lines, naming what it looks like.
 */
export function recogniseFormat(head: Uint8Array): Format {
  const text = Buffer.from(head.subarray(0, HEAD_BYTES)).toString('latin1');
  for (const [signature, what] of SIGNATURES) {
    // A CSV header may begin with ORC or GIF8; the first line of a real file of those kinds holds more than letters.
    if (text.startsWith(signature) && (!/^\w+$/.test(signature) || !isPlainLine(text))) throw notATable(what);
  }
  const body = text.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (body.startsWith('{')) return 'jsonl';
  if (body.startsWith('[')) throw notATable('a JSON array; one object on each line is needed');
  if (/^<(?:!doctype|html|\?xml|[a-z][\w:.-]*[\s>/])/i.test(body)) throw notATable('HTML or XML');
  return 'csv';
}

const isPlainLine = (text: string): boolean => /^[\t -~]*\r?\n/.test(text) || /^[\t -~]*$/.test(text);

const notATable = (what: string): FileRejectedError =>
  new FileRejectedError(
    `the file is neither CSV nor JSON lines: it looks like ${what}. Export the table as CSV with a header line, or as one JSON object a line, in UTF-8.`,
  );
