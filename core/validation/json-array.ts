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
 * and an opening brace. The file is refused where no such line comes, and where one could not be told from a line within
 * a record: when records were met that do not begin their line, that go over several lines without being indented, or
 * when one that begins in another way is among what is given up.
 */
export class JsonArraySplitter extends JsonSplitter {
  private phase: Phase = 'before';
  private readonly scanner = new ElementScanner();
  /** What stands before a record on its line, once a record was met that begins its line. */
  private indent: Buffer | undefined;
  /** Records have nothing else on their first line than that and their opening brace. */
  private isSpread = false;
  /** A record was met that begins behind another one on its line. */
  private isMixed = false;
  /** A record was met that goes over several lines. */
  private hasLines = false;
  /** A line end that is known to come next, so that it is not searched for every record. */
  private nextLf = -1;
  private vain = 0;
  /** The last byte that was skipped and is no white space may close the array, and its offset. */
  private isEnd = false;
  private endAt = 0;
  /** What is said if what was given up may have been more than one record. */
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
    if (!this.indent && this.buffer[start] === OPEN_OBJECT) this.takeLayout(at, start);
    if (!this.ownLine && this.summary.records > 0) this.isMixed = true;
    const { line } = this;
    this.summary.records++;
    if (isFlat) this.stageFlat(line, start, end);
    else this.stageRecord(line, start, end);
    this.pass(start, end);
    if (this.line > line) this.hasLines = true;
    this.pass(end, next);
    if (this.lostHere && !this.canResume(-1)) throw this.lostHere;
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
    const isArray = this.buffer[start] === OPEN_ARRAY && this.mayEnd(this.lastSolidAt(start, length), start);
    if (isArray || this.nextMarker(start, length) >= 0) {
      return this.giveUp(at, start, length, eof, ['invalid_json', 'a bracket is never closed']);
    }
    this.pass(at, start);
    throw this.cutOff('the record is not complete');
  }

  /** Takes the indentation of the record at `start` for that of all, if it begins its line. */
  private takeLayout(at: number, start: number): void {
    if (!this.ownLine) return;
    this.indent = Buffer.from(this.indentOf(at, start));
    this.isSpread = this.buffer[start] === OPEN_OBJECT && isLineBreak(this.buffer[start + 1]!);
  }

  /** Rejects the element and everything up to the next line that begins a record. */
  private giveUp(at: number, start: number, length: number, eof: boolean, [rule, message]: Damage): number {
    const { indent, isSpread } = this;
    if (!indent) this.takeLayout(at, start);
    const marker = this.nextMarker(start, length);
    const shown = this.maxRecord + (this.indent?.length ?? 0) + 4;
    if (marker < 0 && !eof && length - start <= shown) {
      this.indent = indent;
      this.isSpread = isSpread;
      return -1;
    }
    const isLine = this.indent && marker >= 0 && marker - start <= this.maxRecord && !this.hasLineEnd(start, marker);
    const more = isLine ? '' : '; it was given up with everything up to the next line that begins a record';
    const damage: Damage = [rule, message + more];
    const ends = marker >= 0 || !eof || this.mayEnd(this.lastSolidAt(start, length), start);
    if (!ends || !this.canResume(marker) || (marker >= 0 && this.hidesRecord(start, marker, length))) {
      this.reject(at, start, start, damage);
      throw this.lost(message);
    }
    this.vain += Math.max(0, this.scanner.at - (marker < 0 ? length : marker));
    if (this.vain > VAIN_BYTES) throw this.lost(message);
    this.reject(at, start, start, damage);
    this.lostHere = this.lost(message);
    if (marker >= 0) {
      this.pass(start, marker);
      return marker;
    }
    this.isEnd = false;
    this.phase = 'skipping';
    return start;
  }

  /** A line that begins as the records do can be nothing else. */
  private canResume(marker: number): boolean {
    if (this.isMixed) return false;
    if (this.indent) return this.indent.length > 0 || !(this.isSpread || this.hasLines);
    if (marker < 0) return true;
    if (this.hasLines) return false;
    const brace = this.buffer.indexOf(OPEN_OBJECT, marker);
    return !isLineBreak(this.buffer[brace + 1]!);
  }

  /** Whether a line in between begins with the indentation of the records, and a brace, but goes on in another way. */
  private hidesRecord(from: number, to: number, length: number): boolean {
    const { buffer, indent, isSpread } = this;
    if (!indent) return false;
    for (let end = this.lineEnd(from, length); end >= 0 && end < to; end = this.lineEnd(end + 1, length)) {
      const at = end + 1 + indent.length;
      const next = buffer[at + 1]!;
      const isOther = isSpread ? next === QUOTE : isLineBreak(next);
      if (isOther && at + 1 < length && buffer[at] === OPEN_OBJECT && indent.equals(buffer.subarray(end + 1, at))) {
        return true;
      }
    }
    return false;
  }

  private skip(at: number, length: number, eof: boolean): number {
    const marker = this.nextMarker(at, length);
    if (this.hidesRecord(at, marker >= 0 ? marker : length, length) || !this.canResume(marker)) throw this.lostHere;
    if (marker >= 0) {
      this.pass(at, marker);
      this.phase = 'element';
      return marker;
    }
    const solid = this.lastSolidAt(at, length);
    if (solid >= 0) {
      this.isEnd = this.mayEnd(solid, at);
      this.endAt = this.base + solid;
    }
    if (eof) {
      if (!this.isEnd) throw this.lostHere;
      this.pass(at, length);
      this.closedAt = this.endAt;
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

  /**
   * Whether the byte at `last` closes the array after a broken element: it is the first on its line, which is indented
   * less than the records are.
   */
  private mayEnd(last: number, from: number): boolean {
    const { indent } = this;
    if (!this.ownLine || !indent || last < 0 || this.buffer[last] !== CLOSE_ARRAY) return false;
    return this.isFirstOnLine(last, from) && this.columnOf(last) < Math.max(1, indent.length);
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

  /** Index of the last byte that is no white space, or -1. */
  private lastSolidAt(from: number, to: number): number {
    let at = to - 1;
    while (at >= from && isSpace(this.buffer[at]!)) at--;
    return at >= from ? at : -1;
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

  private lost(message: string): FileRejectedError {
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
