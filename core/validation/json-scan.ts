/** What was met first in the text of an array's element. */
export const END = 0;
/** The text goes on: nothing was wrong with it so far. */
export const OPEN = 1;
/** Brackets or quotes do not match, so that nothing after this place can be trusted. */
export const UNCLEAN = 2;

const LF = 10;
const CR = 13;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Bytes of bare words: numbers, true, false, null, and what people write instead, such as NaN. */
const WORD = new Uint8Array(256);
for (const char of '+-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz') WORD[char.charCodeAt(0)] = 1;

/**
 * Finds where an element of a JSON array ends, by its brackets and quotes alone; whether it is JSON is not looked at.
 * An element whose brackets match by type and whose strings end where strings may end can be cut out safely, whatever
 * else is wrong with it.
 */
export class ElementScanner {
  /** Of `END`: the comma or bracket that follows, or the next element if the comma is missing. */
  at = 0;
  /** Of `UNCLEAN`: what is wrong. */
  message = '';
  private stack = new Uint8Array(64);

  /**
   * Scans from the element's first byte, or from any byte after it at which no bracket is open (`isClosed`: one was),
   * up to `limit`. `isLineOfRecord` tells whether an opening brace stands where a record begins.
   */
  scan(
    buffer: Buffer,
    from: number,
    limit: number,
    isClosed: boolean,
    isLineOfRecord: (at: number) => boolean,
  ): number {
    let depth = 0;
    let previous = isClosed ? CLOSE_OBJECT : 0;
    for (let at = from; at < limit; at++) {
      const byte = buffer[at]!;
      if (byte === 32 || byte === LF || byte === CR || byte === 9) continue;
      this.at = at;
      if (previous === QUOTE) {
        const isEnd = byte === COMMA || byte === CLOSE_ARRAY || byte === CLOSE_OBJECT;
        if (!isEnd && byte !== COLON) return this.unclean('text follows the closing quote of a text');
        if (byte === COLON && depth === 0) return this.unclean('a key stands outside of any object');
      }
      if (byte === QUOTE) {
        const mayBegin =
          previous === 0 ||
          previous === COMMA ||
          previous === COLON ||
          previous === OPEN_ARRAY ||
          previous === OPEN_OBJECT;
        if (!mayBegin) return this.unclean('a quote stands where no text can begin');
        const end = stringEnd(buffer, at, limit);
        if (end === limit) return OPEN;
        if (end < 0) return this.unclean('a text is not closed on its line');
        at = end;
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        if (depth === 0 && previous !== 0) return END;
        const isLost = depth > 0 && this.stack[depth - 1] === OPEN_OBJECT && previous !== COLON;
        if (isLost && byte === OPEN_OBJECT && at + 1 < limit && isLineOfRecord(at))
          return this.unclean('a bracket is never closed');
        if (depth === this.stack.length) this.grow();
        this.stack[depth++] = byte;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        if (depth === 0) return byte === CLOSE_ARRAY ? END : this.unclean('a bracket is closed that was not opened');
        // In ASCII a closing bracket is two after its opening one.
        if (this.stack[--depth] !== byte - 2) return this.unclean('a bracket is closed by one of another kind');
      } else if (byte === COMMA) {
        if (depth === 0) return END;
      } else if (WORD[byte] !== 1 && byte !== COLON) {
        return this.unclean('a character stands outside of a text that JSON has no use for');
      }
      previous = byte;
    }
    this.at = limit;
    return OPEN;
  }

  private unclean(message: string): number {
    this.message = message;
    return UNCLEAN;
  }

  private grow(): void {
    const larger = new Uint8Array(2 * this.stack.length);
    larger.set(this.stack);
    this.stack = larger;
  }
}

/** Brackets that may be open at once: each costs the parser about 50 bytes of memory. */
export const MAX_DEPTH = 1_000_000;

export function isTooDeep(buffer: Buffer, start: number, end: number): boolean {
  if (end - start <= MAX_DEPTH) return false;
  let depth = 0;
  for (let at = start; at < end; at++) {
    const byte = buffer[at]!;
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (++depth > MAX_DEPTH) return true;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--;
    else if (byte === QUOTE) {
      at = stringEnd(buffer, at, end);
      // It is no JSON.
      if (at < 0) return false;
    }
  }
  return false;
}

/** Index of the quote that closes the string; `limit` if it is not closed before, -1 if a line end is. */
export function stringEnd(buffer: Buffer, quote: number, limit: number): number {
  for (let at = quote + 1; at < limit; at++) {
    let byte = buffer[at]!;
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH && ++at < limit) byte = buffer[at]!;
    if (byte === LF || byte === CR) return -1;
  }
  return limit;
}
