import { isUtf8 } from 'node:buffer';
import type { Encoding } from '../../core/contract/dataset.ts';
import type { Split } from './splitting.ts';
import { type StrictDialect, strictRecords } from './strict-csv.ts';

/** A record as it must come out: its line, and its fields, or the rules one of which must be what rejects it. */
export interface Expected {
  record: number;
  line: number;
  fields?: string[];
  damage?: string[];
}

/** The UTF-8 bytes of a text, a byte a character, read by nothing of ours. What can not be decoded is a byte 0xFF. */
export function utf8BytesOf(bytes: Buffer, stated: Encoding = 'utf-8'): string {
  const mark = bytes.toString('latin1', 0, 3);
  if (mark === '\xef\xbb\xbf') return bytes.toString('latin1', 3);
  if (mark.startsWith('\xff\xfe')) return fromUtf16(bytes.subarray(2));
  if (mark.startsWith('\xfe\xff')) return fromUtf16(swapped(bytes.subarray(2)));
  if (stated === 'utf-16le') return fromUtf16(bytes);
  if (stated === 'utf-16be') return fromUtf16(swapped(bytes));
  if (stated === 'utf-8') return bytes.toString('latin1');
  const decoder = new TextDecoder('windows-1252');
  return Array.from(bytes, (byte) => {
    if (byte < 0x80) return String.fromCharCode(byte);
    const char = stated === 'iso-8859-1' ? String.fromCharCode(byte) : decoder.decode(Uint8Array.of(byte));
    const isUndefined = stated === 'windows-1252' && char === String.fromCharCode(byte) && byte < 0xa0;
    return isUndefined ? '\xff' : Buffer.from(char).toString('latin1');
  }).join('');
}

const swapped = (bytes: Buffer): Buffer => {
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
  return Buffer.concat([even, bytes.subarray(even.length)]);
};

function fromUtf16(bytes: Buffer): string {
  const text = bytes.toString('utf16le', 0, bytes.length & ~1);
  const decoded = Array.from(text, (char) => (char.isWellFormed() ? Buffer.from(char).toString('latin1') : '\xff'));
  return decoded.join('') + (bytes.length % 2 === 1 ? '\xff' : '');
}

/** What must become of the records of a CSV text. The header, if there is one, decides how many fields a record has. */
export function expectedOfCsv(
  bytes: string,
  dialect: StrictDialect,
  fieldsWithoutHeader: number | undefined,
): Expected[] {
  const all = strictRecords(bytes, dialect);
  const size = fieldsWithoutHeader ?? all[0]?.fields?.length;
  const rest = fieldsWithoutHeader === undefined ? all.slice(1) : all;
  return rest.map(({ line, text, fields }, index): Expected => {
    const place = { record: index + 1, line };
    if (!fields) return { ...place, damage: ['unterminated_quote', 'text_after_closing_quote'] };
    // A line end is not part of the record, so that bytes of the next line can not spoil it.
    if (!isUtf8(Buffer.from(text, 'latin1'))) return { ...place, damage: ['invalid_utf8'] };
    if (text.includes('\0')) return { ...place, damage: ['nul_byte'] };
    if (fields.length !== size)
      return { ...place, damage: [fields.length < size! ? 'too_few_fields' : 'too_many_fields'] };
    return { ...place, fields: fields.map(textOf) };
  });
}

const textOf = (bytes: string): string => Buffer.from(bytes, 'latin1').toString();

/** What became of the records, in the shape of what was expected. */
export function outcomesOf({ sound, damaged }: Split): Expected[] {
  const records = [...sound, ...damaged.map(({ record, line, rule }): Expected => ({ record, line, damage: [rule] }))];
  return records.sort((a, b) => a.record - b.record);
}
