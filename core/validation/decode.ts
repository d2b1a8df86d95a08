import { isAscii } from 'node:buffer';
import type { Encoding } from '../contract/dataset.ts';
import { FileRejectedError } from '../errors.ts';

/** Turns a file's bytes into UTF-8, in chunks. What can not be decoded becomes bytes that are not valid UTF-8. */
export interface Decoder {
  write(bytes: Uint8Array): Uint8Array;
  /** What is left when the file ends. */
  end(): Uint8Array;
}

const NOTHING = new Uint8Array();

/**
 * The encoding of a file by its first bytes: its byte order mark if it has one, else `stated`. Throws FileRejectedError
 * when the bytes are visibly in another one.
 */
export function encodingOf(head: Uint8Array, stated: Encoding): Encoding {
  const [a, b, c] = head;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  const seen = utf16Of(head);
  if (seen && seen !== stated) {
    throw new FileRejectedError(
      `the text looks like ${seen} without a byte order mark, not like ${stated}. Save the file as UTF-8, or state its encoding in the contract: file: { encoding: ${seen} }.`,
    );
  }
  if (stated.startsWith('utf-16') && head.length > 0 && !head.includes(0)) {
    throw new FileRejectedError(
      `the contract says that files are in ${stated}, and this one is not: it has no byte order mark and one byte for a character. Save it as ${stated}, or state its encoding in the contract: file: { encoding: utf-8 }.`,
    );
  }
  return stated;
}

/**
 * Latin text in UTF-16 has a NUL in one byte of a character: which order that shows, if any. Other characters may have
 * theirs in the other byte (an emoji, say), so a few of these prove nothing.
 */
function utf16Of(head: Uint8Array): Encoding | undefined {
  const size = Math.min(head.length, 64) & ~1;
  let little = 0;
  let big = 0;
  for (let at = 0; at < size; at += 2) {
    if (head[at] !== 0 && head[at + 1] === 0) little++;
    if (head[at] === 0 && head[at + 1] !== 0) big++;
  }
  if (little * 4 >= size && little > 4 * big) return 'utf-16le';
  if (big * 4 >= size && big > 4 * little) return 'utf-16be';
  return undefined;
}

/** Makes a decoder to UTF-8. UTF-8 passes as it is; a mark at the start is kept of UTF-8 and dropped of UTF-16. */
export function decoderOf(encoding: Encoding): Decoder {
  if (encoding === 'utf-8') return { write: (bytes) => bytes, end: () => NOTHING };
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return utf16Decoder(encoding);
  const write = encoding === 'iso-8859-1' ? fromLatin1 : fromWindows1252;
  return { write: (bytes) => (isAscii(bytes) ? bytes : write(bytes)), end: () => NOTHING };
}

function utf16Decoder(encoding: 'utf-16le' | 'utf-16be'): Decoder {
  /** Half a character, or half of a surrogate pair. */
  let rest: Uint8Array = NOTHING;
  let atStart = true;
  const decode = (units: Uint8Array): Uint8Array => {
    const bytes = Buffer.from(units);
    let text = (encoding === 'utf-16be' ? bytes.swap16() : bytes).toString('utf16le');
    if (atStart && text.length > 0) {
      atStart = false;
      if (text.startsWith('\ufeff')) text = text.slice(1);
    }
    return text.isWellFormed() ? Buffer.from(text) : withLoneSurrogates(text);
  };
  return {
    write(chunk) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let size = bytes.length & ~1;
      const lead = bytes[encoding === 'utf-16be' ? size - 2 : size - 1];
      if (size > 0 && lead !== undefined && lead >= 0xd8 && lead <= 0xdb) size -= 2;
      rest = Buffer.from(bytes.subarray(size));
      return size > 0 ? decode(bytes.subarray(0, size)) : NOTHING;
    },
    end() {
      const units = rest.length >= 2 ? decode(rest.subarray(0, 2)) : NOTHING;
      return rest.length % 2 === 1 ? Buffer.concat([units, Buffer.of(0xff)]) : units;
    },
  };
}

/** Writes halves of surrogate pairs as the three bytes that UTF-8 would have for them, and forbids. */
function withLoneSurrogates(text: string): Uint8Array {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { index } of text.matchAll(/\p{Surrogate}/gu)) {
    const code = text.charCodeAt(index);
    parts.push(
      Buffer.from(text.slice(from, index)),
      Buffer.of(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)),
    );
    from = index + 1;
  }
  return Buffer.concat([...parts, Buffer.from(text.slice(from))]);
}

const fromLatin1 = (bytes: Uint8Array): Uint8Array =>
  Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));

/** 0x80 to 0x9F (encoding.spec.whatwg.org/index-windows-1252.txt); blanks are bytes that have no character. */
const WINDOWS_1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

/** The UTF-8 bytes of each byte from 0x80. One that has no character stays as it is, which UTF-8 forbids. */
const HIGH: readonly Uint8Array[] = Array.from({ length: 128 }, (_, index) => {
  const char = WINDOWS_1252[index] ?? String.fromCharCode(0x80 + index);
  return char === ' ' ? Buffer.of(0x80 + index) : Buffer.from(char);
});

function fromWindows1252(bytes: Uint8Array): Uint8Array {
  const decoded = Buffer.allocUnsafe(3 * bytes.length);
  let size = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte < 0x80) decoded[size++] = byte;
    else for (const part of HIGH[byte - 0x80]!) decoded[size++] = part;
  }
  return decoded.subarray(0, size);
}
