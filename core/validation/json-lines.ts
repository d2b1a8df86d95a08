import { FileRejectedError } from '../errors.ts';
import { endsInCr } from './dialect.ts';
import { ElementScanner, OPEN } from './json-scan.ts';
import { JsonSplitter } from './json-splitter.ts';
import { CR, LF } from './record-splitter.ts';

const OPEN_OBJECT = 0x7b;
const CLOSE = 0x7d;

/** Splits JSON lines: one record a line, so that a damaged one costs its line. */
export class JsonLinesSplitter extends JsonSplitter {
  private readonly scanner = new ElementScanner();
  /** Inside an over-long line: everything up to the next line end is dropped. */
  private skipping = false;
  /** The line ended in CR: if LF comes next, it belongs to it. */
  private afterCr = false;

  protected read(from: number, length: number, eof: boolean): number {
    const { buffer, maxRecord, summary } = this;
    if (this.endsInCr === undefined) {
      const part = buffer.subarray(from, Math.min(length, from + maxRecord + 1));
      this.endsInCr = endsInCr(part, () => false, -1, eof || length - from > maxRecord);
      if (this.endsInCr === undefined) return from;
    }
    let at = from;
    while (at < length) {
      if (this.afterCr) {
        this.afterCr = false;
        if (buffer[at] === LF) at++;
      }
      const start = at;
      const lineEnd = this.lineEnd(start, length);
      const isClosed = lineEnd >= 0;
      let end = isClosed ? lineEnd : length;
      if (!this.skipping && !isClosed && !eof && length - start <= maxRecord) return start;
      const tooLong = !this.skipping && end - start > maxRecord;
      // Of an over-long line only the beginning may be there, so that nothing can be said of its content.
      while (!tooLong && end > start && isSpace(buffer[end - 1]!)) end--;
      if (summary.records === 0 && !tooLong && !this.skipping && isClosed && end > start) {
        if (!this.isWhole(start, end, length) && !eof && length - start <= maxRecord) return start;
      }
      at = isClosed ? lineEnd + 1 : length;
      const { line } = this;
      if (isClosed) {
        summary.lines++;
        this.afterCr = buffer[lineEnd] === CR;
      }
      if (this.skipping || end === start) {
        this.skipping &&= !isClosed;
        continue;
      }
      this.skipping = tooLong && !isClosed;
      summary.records++;
      if (tooLong) this.damaged(start, line, ['record_too_long', `the line is longer than ${maxRecord} bytes`]);
      else this.record(line, start, end);
    }
    return length;
  }

  private record(line: number, start: number, end: number): void {
    const { buffer } = this;
    let begin = start;
    while (isSpace(buffer[begin]!)) begin++;
    if (this.flat.read(buffer, begin) === end && !this.byteDamage(start, end)) this.stageFlat(line, start, end);
    else this.stageRecord(line, start, end);
  }

  /**
   * Throws FileRejectedError if the file is one object over several lines: the first line opens it, and the next does
   * not begin another. False if that can not be told by the bytes at hand.
   */
  private isWhole(start: number, end: number, length: number): boolean {
    const { buffer } = this;
    if (this.scanner.scan(buffer, start, end, false, () => false) !== OPEN || buffer[end - 1] === CLOSE) return true;
    const limit = Math.min(length, start + this.maxRecord);
    let at = end;
    while (at < limit && (isSpace(buffer[at]!) || buffer[at] === LF)) at++;
    if (at >= limit) return false;
    if (buffer[at] === OPEN_OBJECT) return true;
    throw new FileRejectedError(
      `the object that begins in line ${this.line} does not end on that line: the file seems to be one JSON object over several lines. Write one object a line, or an array of objects.`,
    );
  }
}

const isSpace = (byte: number): boolean => byte === 32 || byte === 9 || byte === CR;
