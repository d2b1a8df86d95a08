import { FileRejectedError } from '../errors.ts';
import { endsInCr } from './dialect.ts';
import { ElementScanner, END, OPEN, stringEnd } from './json-scan.ts';
import { JsonSplitter } from './json-splitter.ts';
import { VAIN_BYTES } from './limits.ts';
import { CR, type Damage, LF } from './record-splitter.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;

type Phase = 'before' | 'first' | 'element' | 'skipping' | 'after';

/**
 * Splits an array of JSON objects. An element whose brackets and quotes match costs only itself, whatever is wrong with
 * it. After any other one everything is given up to the next line that begins as the records do: with their indentation
 * and an opening brace. Where no such line comes, the file is refused.
 */
export class JsonArraySplitter extends JsonSplitter {
  private phase: Phase = 'before';
  private readonly scanner = new ElementScanner();
  /** What stands before a record on its line, once a record was met that begins its line. */
  private indent: Buffer | undefined;
  /** Records have nothing else on their first line than that and their opening brace. */
  private isSpread = false;
  /** A line end that is known to come next, so that it is not searched for every record. */
  private nextLf = -1;
  private vain = 0;
  /** The last byte that was skipped and is no white space. */
  private lastSkipped = 0;
  /** What is said if no record comes after what is skipped. */
  private lostHere: FileRejectedError | undefined;
  /** Offset of the bracket that closes the array. */
  private closedAt: number | undefined;

  /** The element at hand begins its line. */
  private ownLine = false;
  private readonly isLineOfRecord = (at: number): boolean => {
    const { indent } = this;
    return indent !== undefined && at > indent.length && this.isMarker(at - indent.length - 1, at + 2);
  };

  protected override get inputEnd(): number {
    return this.closedAt ?? this.base;
  }

  protected read(from: number, length: number, eof: boolean): number {
    this.nextLf = -1;
    if (this.endsInCr === undefined) {
      const part = this.buffer.subarray(from, Math.min(length, from + this.maxRecord + 1));
      this.endsInCr = endsInCr(part, () => false, -1, eof || length - from > this.maxRecord);
      if (this.endsInCr === undefined) return from;
    }
    let at = from;
    for (;;) {
      const next = this.step(at, length, eof);
      if (next < 0) break;
      at = next;
    }
    if (eof && this.phase !== 'after') throw this.cutOff('the closing bracket of the array is missing');
    return at;
  }

  /** Takes the next piece; returns the place after it, or -1 if it is not there yet. */
  private step(at: number, length: number, eof: boolean): number {
    if (this.phase === 'skipping') return this.skip(at, length, eof);
    const start = this.spaceEnd(at, length);
    // White space is kept until a record follows, which may begin its line.
    const isBetween = this.phase === 'first' || this.phase === 'element';
    if (isBetween && start - at > this.maxRecord) {
      throw this.refused(`more than ${this.maxRecord} bytes of white space follow`);
    }
    if (start >= length) {
      if (isBetween || at >= length) return -1;
      this.pass(at, length);
      return length;
    }
    const byte = this.buffer[start]!;
    switch (this.phase) {
      case 'after':
        this.pass(at, start);
        throw this.refused('text follows the end of the array');
      case 'before':
        if (byte !== OPEN_ARRAY) throw this.refused('it does not begin with a bracket');
        this.pass(at, start);
        this.phase = 'first';
        return start + 1;
      case 'first':
        if (byte === CLOSE_ARRAY) return this.close(at, start);
    }
    return this.element(at, start, length, eof);
  }

  /** Takes the element at `start`, before which comes white space from `at`. */
  private element(at: number, start: number, length: number, eof: boolean): number {
    const { buffer, maxRecord, scanner } = this;
    this.ownLine = this.hasLineEnd(at, start);
    const byte = buffer[start]!;
    if (byte === COMMA) {
      this.reject(at, start, start + 1, ['invalid_json', 'a comma too many: there is no record before it']);
      return start + 1;
    }
    if (byte === CLOSE_ARRAY) return this.closeAfterComma(at, start, length, eof);

    let end = byte === OPEN_OBJECT ? this.flat.read(buffer, start) : -1;
    const isFlat = end > 0 && end <= length && end - start <= maxRecord && !this.byteDamage(start, end);
    if (isFlat && buffer[end] === COMMA && end < length) {
      const next = this.spaceEnd(end + 1, length);
      if (next < length && buffer[next] !== QUOTE) return this.accept(at, start, end, end + 1, true);
    }
    if (!isFlat) end = start;
    const limit = Math.min(length, end + maxRecord + 1);
    const found = scanner.scan(buffer, end, limit, isFlat, this.isLineOfRecord);
    if (found === OPEN) return this.open(at, start, limit, length, eof);
    if (found !== END) return this.giveUp(at, start, length, eof, ['invalid_json', scanner.message]);
    const mark = scanner.at;
    const solidEnd = this.solidEnd(mark);
    if (solidEnd - start > maxRecord) return this.giveUp(at, start, length, eof, this.tooLong());
    if (byte === OPEN_ARRAY) {
      const marker = this.nextMarker(start, mark);
      if (marker >= 0) return this.giveUp(at, start, length, eof, ['invalid_json', 'a bracket is opened too many']);
    }
    switch (buffer[mark]) {
      case COMMA: {
        const isCut = this.isCutShort(start, solidEnd, mark + 1, length, eof);
        if (isCut === undefined) return -1;
        if (isCut) return this.giveUp(at, start, length, eof, ['invalid_json', 'a bracket is closed too early']);
        return this.accept(at, start, solidEnd, mark + 1, isFlat && solidEnd === end);
      }
      case CLOSE_ARRAY:
        return this.lastElement(at, start, solidEnd, mark, length, eof, isFlat && solidEnd === end);
      default:
        this.reject(at, start, solidEnd, ['invalid_json', 'the comma after the record is missing']);
        return solidEnd;
    }
  }

  private accept(at: number, start: number, end: number, next: number, isFlat: boolean): number {
    this.pass(at, start);
    if (this.ownLine && !this.indent && this.buffer[start] === OPEN_OBJECT) {
      this.indent = Buffer.from(this.indentOf(at, start));
      this.isSpread = isLineBreak(this.buffer[start + 1]!);
    }
    const { line } = this;
    this.summary.records++;
    if (isFlat) this.stageFlat(line, start, end);
    else this.stageRecord(line, start, end);
    this.pass(start, next);
    this.phase = 'element';
    return next;
  }

  private reject(at: number, start: number, next: number, damage: Damage): void {
    this.pass(at, start);
    this.summary.records++;
    this.damaged(start, this.line, damage);
    this.pass(start, next);
    this.phase = 'element';
  }

  /** The element is followed by a bracket that closes the array, or by a stray one. */
  private lastElement(
    at: number,
    start: number,
    end: number,
    mark: number,
    length: number,
    eof: boolean,
    isFlat: boolean,
  ): number {
    const limit = Math.min(length, mark + this.maxRecord + 1);
    const mayWait = !eof && limit === length;
    let after = this.spaceEnd(mark + 1, limit);
    if (after >= limit) {
      if (mayWait) return -1;
      const next = this.accept(at, start, end, mark, isFlat);
      return this.close(next, mark);
    }
    const isStray = !this.isFirstOnLine(mark, start);
    if (this.buffer[after] === COMMA) after = this.spaceEnd(after + 1, limit);
    if (after + 1 >= limit && mayWait) return -1;
    const damage: Damage = ['invalid_json', 'a bracket is closed that was not opened'];
    if (
      isStray &&
      after < limit &&
      this.buffer[after] === OPEN_OBJECT &&
      this.nextMarker(mark, Math.min(after + 2, limit)) >= 0
    ) {
      return this.giveUp(at, start, length, eof, damage);
    }
    this.pass(at, mark);
    throw this.refused('text follows the end of the array');
  }

  /** A closing bracket where an element must be. */
  private closeAfterComma(at: number, start: number, length: number, eof: boolean): number {
    const limit = Math.min(length, start + this.maxRecord + 1);
    if (this.spaceEnd(start + 1, limit) < limit) {
      return this.giveUp(at, start, length, eof, ['invalid_json', 'a bracket is closed that was not opened']);
    }
    if (!eof && limit === length) return -1;
    this.reject(at, start, start, ['invalid_json', 'a comma too many: no record follows it']);
    return this.close(start, start);
  }

  private close(at: number, bracket: number): number {
    this.pass(at, bracket);
    this.closedAt = this.base + bracket;
    this.phase = 'after';
    return bracket + 1;
  }

  /** The element does not end in what is at hand, up to `limit`. */
  private open(at: number, start: number, limit: number, length: number, eof: boolean): number {
    if (limit < length) return this.giveUp(at, start, length, eof, this.tooLong());
    if (!eof) return -1;
    const isArray = this.buffer[start] === OPEN_ARRAY && this.mayEnd(this.lastSolid(start, length));
    if (isArray || this.nextMarker(start, length) >= 0) {
      return this.giveUp(at, start, length, eof, ['invalid_json', 'a bracket is never closed']);
    }
    this.pass(at, start);
    throw this.cutOff('the record is not complete');
  }

  /** Rejects the element and everything up to the next line that begins a record. */
  private giveUp(at: number, start: number, length: number, eof: boolean, damage: Damage): number {
    const marker = this.nextMarker(start, length);
    if (marker < 0 && !eof && length - start <= this.maxRecord) return -1;
    if (marker < 0 && eof && !this.mayEnd(this.lastSolid(start, length))) {
      this.reject(at, start, start, damage);
      throw this.lost(damage);
    }
    this.vain += Math.max(0, this.scanner.at - (marker < 0 ? length : marker));
    if (this.vain > VAIN_BYTES) throw this.lost(damage);
    if (marker >= 0) {
      this.reject(at, start, marker, damage);
      return marker;
    }
    this.reject(at, start, start, damage);
    this.lostHere = this.lost(damage);
    this.lastSkipped = this.buffer[start]!;
    this.phase = 'skipping';
    return start;
  }

  private skip(at: number, length: number, eof: boolean): number {
    const marker = this.nextMarker(at, length);
    if (marker >= 0) {
      this.pass(at, marker);
      this.phase = 'element';
      return marker;
    }
    this.lastSkipped = this.lastSolid(at, length) ?? this.lastSkipped;
    if (eof) {
      if (!this.mayEnd(this.lastSkipped)) throw this.lostHere;
      this.pass(at, length);
      this.phase = 'after';
      return length;
    }
    // The last line end is kept: what follows it may turn out to begin a record.
    let lineEnd = length - 1;
    while (lineEnd >= at && !this.isLineEnd(this.buffer[lineEnd]!)) lineEnd--;
    const mayBegin = lineEnd >= at && length - lineEnd <= this.maxRecord + 1;
    const keep = mayBegin ? this.lineEndStart(lineEnd, at) : length;
    if (keep === at) return -1;
    this.pass(at, keep);
    return keep;
  }

  /** A broken element goes up to the end of the array if no other can be in there: it begins the last line of records. */
  private mayEnd(lastByte: number | undefined): boolean {
    return this.ownLine && lastByte === CLOSE_ARRAY;
  }

  /**
   * Whether a stray bracket closed the record too early, which shows by a key that follows it. Undefined: more bytes are
   * needed to tell.
   */
  private isCutShort(start: number, end: number, from: number, length: number, eof: boolean): boolean | undefined {
    const { buffer } = this;
    const limit = Math.min(length, from + this.maxRecord + 1);
    const undecided = eof || limit < length ? false : undefined;
    const next = this.spaceEnd(from, limit);
    if (next >= limit) return undecided;
    if (buffer[next] !== QUOTE) return false;
    const close = stringEnd(buffer, next, limit);
    if (close < 0) return false;
    const after = this.spaceEnd(close + 1, limit);
    if (close >= limit || after >= limit) return undecided;
    if (buffer[after] !== COLON) return false;
    if (!this.hasLineEnd(end, next)) return true;
    // A record that closes as it began is whole: it is the next one that misses its opening brace.
    const indent = this.ownLine ? this.columnOf(start) : 0;
    if (!this.hasLineEnd(start, end)) return this.columnOf(next) !== indent;
    return !(this.isFirstOnLine(end - 1, start) && this.columnOf(end - 1) === indent);
  }

  private columnOf(at: number): number {
    let from = at;
    while (from > 0 && !this.isLineEnd(this.buffer[from - 1]!)) from--;
    return at - from;
  }

  private isFirstOnLine(at: number, after: number): boolean {
    let before = at - 1;
    while (before > after && (this.buffer[before] === 32 || this.buffer[before] === 9)) before--;
    return this.isLineEnd(this.buffer[before]!);
  }

  private indentOf(at: number, start: number): Buffer {
    let from = start;
    while (from > at && !this.isLineEnd(this.buffer[from - 1]!)) from--;
    return this.buffer.subarray(from, start);
  }

  private hasLineEnd(from: number, to: number): boolean {
    for (let at = from; at < to; at++) if (this.isLineEnd(this.buffer[at]!)) return true;
    return false;
  }

  private isLineEnd(byte: number): boolean {
    return byte === LF || (byte === CR && this.endsInCr === true);
  }

  /** Index of the line end before the next line that begins a record, after `from`; -1 if there is none. */
  private nextMarker(from: number, length: number): number {
    for (let end = this.lineEnd(from, length); end >= 0; end = this.lineEnd(end + 1, length)) {
      if (this.isMarker(end, length)) return this.lineEndStart(end, from);
    }
    return -1;
  }

  /** CR of CRLF, where lines end in either. */
  private lineEndStart(end: number, from: number): number {
    const isPair = this.endsInCr && end > from && this.buffer[end] === LF && this.buffer[end - 1] === CR;
    return isPair ? end - 1 : end;
  }

  private isMarker(lineEnd: number, length: number): boolean {
    const { buffer, indent } = this;
    if (!this.isLineEnd(buffer[lineEnd]!)) return false;
    let at = lineEnd + 1;
    if (!indent) while (at < length && (buffer[at] === 32 || buffer[at] === 9)) at++;
    else {
      if (at + indent.length >= length || buffer.compare(indent, 0, indent.length, at, at + indent.length) !== 0)
        return false;
      at += indent.length;
    }
    if (at + 1 >= length || at - lineEnd > this.maxRecord || buffer[at] !== OPEN_OBJECT) return false;
    return !indent || isLineBreak(buffer[at + 1]!) === this.isSpread;
  }

  private spaceEnd(from: number, length: number): number {
    let at = from;
    while (at < length && isSpace(this.buffer[at]!)) at++;
    return at;
  }

  /** Index after the last byte before `to` that is no white space. */
  private solidEnd(to: number): number {
    let end = to;
    while (isSpace(this.buffer[end - 1]!)) end--;
    return end;
  }

  private lastSolid(from: number, to: number): number | undefined {
    for (let at = to - 1; at >= from; at--) if (!isSpace(this.buffer[at]!)) return this.buffer[at]!;
    return undefined;
  }

  /** Counts the lines that end in what is done with. */
  private pass(from: number, to: number): void {
    if (this.endsInCr) {
      this.summary.lines += this.lineEndsIn(from, to);
      return;
    }
    if (this.nextLf < from) this.nextLf = this.buffer.indexOf(LF, from);
    for (; this.nextLf < to; this.nextLf = this.buffer.indexOf(LF, this.nextLf + 1)) this.summary.lines++;
  }

  private tooLong(): Damage {
    return ['record_too_long', `the record does not end within ${this.maxRecord} bytes`];
  }

  private lost([, message]: Damage): FileRejectedError {
    return new FileRejectedError(
      `record ${this.summary.records}, which begins in line ${this.line}, is broken: ${message}. Where the next record begins can not be told, so that no row was taken. Correct the record, or write one object a line.`,
    );
  }

  private cutOff(message: string): FileRejectedError {
    return new FileRejectedError(
      `the JSON array breaks off after ${this.summary.records} records, in line ${this.line}: ${message}. The file was probably not written or uploaded completely: drop it again.`,
    );
  }

  private refused(message: string): FileRejectedError {
    return new FileRejectedError(
      `the file is not one JSON array: ${message}, after ${this.summary.records} records, in line ${this.line}. Write one array of objects, or one object a line.`,
    );
  }
}

const isSpace = (byte: number): boolean => byte === 32 || byte === LF || byte === CR || byte === 9;
const isLineBreak = (byte: number): boolean => byte === LF || byte === CR;
