import { FileRejectedError } from '../errors.ts';
import { endsInCr } from './dialect.ts';
import { ArrayLayout } from './json-layout.ts';
import { lost, Resync, type Way } from './json-resync.ts';
import { ElementScanner, END, OPEN } from './json-scan.ts';
import { JsonSplitter } from './json-splitter.ts';
import { JsonText } from './json-text.ts';
import { CR, type Damage, LF } from './record-splitter.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;

type Phase = 'before' | 'first' | 'element' | 'skipping' | 'after';

/**
 * Splits an array of JSON objects: finds its elements one after the other, stages the sound ones, and rejects the others.
 * What an element costs whose end can not be told is said at `Resync`.
 */
export class JsonArraySplitter extends JsonSplitter {
  private phase: Phase = 'before';
  private readonly text = new JsonText();
  private readonly scanner = new ElementScanner();
  private readonly layout = new ArrayLayout(this.text, this.maxRecord);
  private readonly resync = new Resync(this.text, this.layout, this.maxRecord);
  /** A line end that is known to come next, so that it is not searched for every record. */
  private nextLf = -1;
  /** What is said if what was given up may have been more than one record. */
  private lostHere: FileRejectedError | undefined;
  /** Offset of the bracket that closes the array. */
  private closedAt: number | undefined;
  private readonly isRecordBrace = (at: number): boolean => this.layout.isRecordBrace(at);

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
    const { text } = this;
    text.buffer = this.buffer;
    text.length = length;
    text.isAll = eof;
    text.base = this.base;
    text.endsInCr = this.endsInCr;
    let at = from;
    for (;;) {
      const next = this.step(at);
      if (next < 0) break;
      at = next;
    }
    if (eof && this.phase !== 'after') throw this.cutOff('the closing bracket of the array is missing');
    return at;
  }

  /** Takes the next piece; returns the place after it, or -1 if it is not there yet. */
  private step(at: number): number {
    if (this.phase === 'skipping') return this.follow(at, this.resync.skip(at));
    const { length } = this.text;
    const start = this.text.spaceEnd(at, length);
    // White space is kept until a record follows, which may begin its line.
    const isBetween = this.phase === 'first' || this.phase === 'element';
    if (isBetween && start - at > this.maxRecord) {
      throw this.refused(`more than ${this.maxRecord} bytes of white space follow`);
    }
    if (start >= length) {
      // A CR is kept until it shows whether LF follows.
      const to = this.text.endsInCr && !this.text.isAll && this.buffer[length - 1] === CR ? length - 1 : length;
      if (isBetween || at >= to) return -1;
      this.pass(at, to);
      return to;
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
    return this.element(at, start);
  }

  /** Takes the element at `start`, before which comes white space from `at`. */
  private element(at: number, start: number): number {
    const { buffer, maxRecord, scanner, text } = this;
    const { length } = text;
    this.layout.meet(at, start);
    const byte = buffer[start]!;
    if (byte === COMMA) {
      this.reject(at, start, start + 1, ['invalid_json', 'a comma too many: there is no record before it']);
      return start + 1;
    }
    if (byte === CLOSE_ARRAY) return this.closeAfterComma(at, start);

    let end = byte === OPEN_OBJECT ? this.flat.read(buffer, start) : -1;
    const isFlat = end > 0 && end <= length && end - start <= maxRecord && !this.byteDamage(start, end);
    if (isFlat && buffer[end] === COMMA && end < length) {
      const next = text.spaceEnd(end + 1, length);
      if (next < length && buffer[next] !== QUOTE) return this.accept(at, start, end, end + 1, true);
    }
    if (!isFlat) end = start;
    const limit = Math.min(length, end + maxRecord + 1);
    const found = scanner.scan(buffer, end, limit, isFlat, this.isRecordBrace);
    if (found === OPEN) return this.open(at, start, limit);
    if (found !== END) return this.giveUp(at, start, ['invalid_json', scanner.message]);
    const mark = scanner.at;
    const solidEnd = text.solidEnd(mark);
    if (solidEnd - start > maxRecord) return this.giveUp(at, start, this.tooLong());
    if (byte === OPEN_ARRAY && this.layout.nextRecord(start, mark) >= 0) {
      return this.giveUp(at, start, ['invalid_json', 'a bracket is opened too many']);
    }
    switch (buffer[mark]) {
      case COMMA: {
        const isCut = this.layout.isCutShort(start, solidEnd, mark + 1);
        if (isCut === undefined) return -1;
        if (isCut) return this.giveUp(at, start, ['invalid_json', 'a bracket is closed too early']);
        return this.accept(at, start, solidEnd, mark + 1, isFlat && solidEnd === end);
      }
      case CLOSE_ARRAY:
        return this.lastElement(at, start, solidEnd, mark, isFlat && solidEnd === end);
      default:
        this.reject(at, start, solidEnd, ['invalid_json', 'the comma after the record is missing']);
        return solidEnd;
    }
  }

  private accept(at: number, start: number, end: number, next: number, isFlat: boolean): number {
    const { layout, summary } = this;
    this.pass(at, start);
    layout.learn(at, start, summary.records === 0);
    const { line } = this;
    summary.records++;
    if (isFlat) this.stageFlat(line, start, end);
    else this.stageRecord(line, start, end);
    this.pass(start, end);
    if (this.line > line) layout.hasLines = true;
    this.pass(end, next);
    if (this.lostHere && !layout.isTelling(-1)) throw this.lostHere;
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
  private lastElement(at: number, start: number, end: number, mark: number, isFlat: boolean): number {
    const { text } = this;
    const limit = Math.min(text.length, mark + this.maxRecord + 1);
    const mayWait = !text.isAll && limit === text.length;
    let after = text.spaceEnd(mark + 1, limit);
    if (after >= limit) {
      if (mayWait) return -1;
      const next = this.accept(at, start, end, mark, isFlat);
      return this.close(next, mark);
    }
    const isStray = !text.isFirstOnLine(mark, start);
    if (this.buffer[after] === COMMA) after = text.spaceEnd(after + 1, limit);
    if (after + 1 >= limit && mayWait) return -1;
    const isObject = after < limit && this.buffer[after] === OPEN_OBJECT;
    if (isStray && isObject && this.layout.nextRecord(mark, Math.min(after + 2, limit)) >= 0) {
      return this.giveUp(at, start, ['invalid_json', 'a bracket is closed that was not opened']);
    }
    this.pass(at, mark);
    throw this.refused('text follows the end of the array');
  }

  /** A closing bracket where an element must be. */
  private closeAfterComma(at: number, start: number): number {
    const { text } = this;
    const limit = Math.min(text.length, start + this.maxRecord + 1);
    if (text.spaceEnd(start + 1, limit) < limit) {
      return this.giveUp(at, start, ['invalid_json', 'a bracket is closed that was not opened']);
    }
    if (!text.isAll && limit === text.length) return -1;
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
  private open(at: number, start: number, limit: number): number {
    const { layout, text } = this;
    if (limit < text.length) return this.giveUp(at, start, this.tooLong());
    if (!text.isAll) return -1;
    const isArray = this.buffer[start] === OPEN_ARRAY && layout.closesArray(text.lastSolid(start), start);
    if (isArray || layout.nextRecord(start, limit) >= 0) {
      return this.giveUp(at, start, ['invalid_json', 'a bracket is never closed']);
    }
    this.pass(at, start);
    throw this.cutOff('the record is not complete');
  }

  /** Rejects an element whose end can not be told, with everything up to where reading can go on. */
  private giveUp(at: number, start: number, [rule, message]: Damage): number {
    const way = this.resync.after(at, start, this.scanner.at);
    if (way.go === 'wait') return -1;
    const more = way.isLine ? '' : '; it was given up with everything up to the next line that begins a record';
    this.reject(at, start, start, [rule, message + more]);
    this.lostHere = lost(message, this.summary);
    return this.follow(start, way);
  }

  /** Goes on after a broken element, of which everything up to `at` was given up. */
  private follow(at: number, way: Way): number {
    switch (way.go) {
      case 'wait':
        return -1;
      case 'on':
        this.phase = 'element';
        break;
      case 'skip':
        this.phase = 'skipping';
        break;
      case 'end':
        this.phase = 'after';
        this.closedAt = this.resync.closedAt;
        break;
      default:
        throw this.lostHere;
    }
    this.pass(at, way.at);
    return way.at;
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
