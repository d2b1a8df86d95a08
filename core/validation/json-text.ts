import { CR, LF } from './record-splitter.ts';

const TAB = 9;
const SPACE = 32;

/** The bytes of a JSON text that are at hand, as white space and lines. Places are indices of the buffer. */
export class JsonText {
  buffer: Buffer = Buffer.alloc(0);
  /** What is at hand ends here. */
  length = 0;
  /** Nothing follows what is at hand. */
  isAll = false;
  /** Offset of the buffer's first byte in the input. */
  base = 0;
  /** Lines end in CR, be it with or without LF; otherwise CR alone ends none. */
  endsInCr = false;

  /** Index of the first byte that is no white space; `limit` if there is none before it. */
  spaceEnd(from: number, limit: number): number {
    let at = from;
    while (at < limit && isSpace(this.buffer[at]!)) at++;
    return at;
  }

  /** Index after the last byte before `to` that is no white space. */
  solidEnd(to: number): number {
    let end = to;
    while (isSpace(this.buffer[end - 1]!)) end--;
    return end;
  }

  /** Index of the last byte at hand that is no white space, or -1. */
  lastSolid(from: number): number {
    let at = this.length - 1;
    while (at >= from && isSpace(this.buffer[at]!)) at--;
    return at >= from ? at : -1;
  }

  isLineEnd(at: number): boolean {
    const byte = this.buffer[at];
    return byte === LF || (byte === CR && this.endsInCr);
  }

  hasLineEnd(from: number, to: number): boolean {
    for (let at = from; at < to; at++) if (this.isLineEnd(at)) return true;
    return false;
  }

  /**
   * Index of the line end that comes next in `part`, the beginning of the buffer; -1 if there is none. It is given as a
   * buffer of its own, since a search in the whole one would not stop where the part ends.
   */
  lineEnd(part: Buffer, from: number): number {
    if (!this.endsInCr) return part.indexOf(LF, from);
    for (let at = from; at < part.length; at++) if (this.isLineEnd(at)) return at;
    return -1;
  }

  /** Index of the last line end at hand, or -1. */
  lastLineEnd(from: number): number {
    let at = this.length - 1;
    while (at >= from && !this.isLineEnd(at)) at--;
    return at >= from ? at : -1;
  }

  /** Where a line end begins, given its last byte: at the CR of CRLF, where lines end in either. */
  lineEndStart(end: number, from: number): number {
    const isPair = this.endsInCr && end > from && this.buffer[end] === LF && this.buffer[end - 1] === CR;
    return isPair ? end - 1 : end;
  }

  lineStart(at: number, from: number): number {
    let start = at;
    while (start > from && !this.isLineEnd(start - 1)) start--;
    return start;
  }

  /** How many bytes come before this one on its line. */
  columnOf(at: number): number {
    return at - this.lineStart(at, 0);
  }

  /** Whether nothing but white space comes before this byte on its line, looking back as far as `from`. */
  isFirstOnLine(at: number, from: number): boolean {
    let before = at - 1;
    while (before > from && isBlank(this.buffer[before]!)) before--;
    return this.isLineEnd(before);
  }
}

/** What may indent a line. */
export const isBlank = (byte: number): boolean => byte === SPACE || byte === TAB;
export const isLineBreak = (byte: number): boolean => byte === LF || byte === CR;
const isSpace = (byte: number): boolean => byte === SPACE || byte === LF || byte === CR || byte === TAB;
