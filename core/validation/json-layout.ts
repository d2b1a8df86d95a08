import { stringEnd } from './json-scan.ts';
import { isBlank, isLineBreak, type JsonText } from './json-text.ts';

const QUOTE = 0x22;
const COLON = 0x3a;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;

/** How records begin their lines. */
interface Beginning {
  /** What stands before the opening brace. */
  indent: Buffer;
  /** Nothing else stands behind the brace on its line. */
  isSpread: boolean;
}

/**
 * How the records of a JSON array stand on its lines, and so by which line a record is known without the text before it.
 * A line begins a record if it has the indentation of the records before its opening brace, and behind the brace a line
 * break if they have one, other text if not. Until a record was met that begins its line, any indentation will do.
 */
export class ArrayLayout {
  /** Of the first record that begins its line; what begins otherwise is not known for a record. */
  beginning: Beginning | undefined;
  /** A record was met that goes over several lines. */
  hasLines = false;
  /** A record was met that begins behind another one on its line. */
  private isMixed = false;
  /** The element at hand begins its line. */
  private ownLine = false;
  private readonly text: JsonText;
  private readonly maxRecord: number;

  constructor(text: JsonText, maxRecord: number) {
    this.text = text;
    this.maxRecord = maxRecord;
  }

  /** Takes note of the element at hand: it begins at `start`, and before it comes white space from `at`. */
  meet(at: number, start: number): void {
    this.ownLine = this.text.hasLineEnd(at, start);
  }

  /** Takes note that the element at hand is a record. */
  learn(at: number, start: number, isFirst: boolean): void {
    if (!this.beginning && this.text.buffer[start] === OPEN_OBJECT) this.beginning = this.beginningOf(at, start);
    if (!this.ownLine && !isFirst) this.isMixed = true;
  }

  /** How the element at hand begins its line; undefined if it does not. */
  beginningOf(at: number, start: number): Beginning | undefined {
    if (!this.ownLine) return undefined;
    const { buffer } = this.text;
    const indent = Buffer.from(buffer.subarray(this.text.lineStart(start, at), start));
    return { indent, isSpread: buffer[start] === OPEN_OBJECT && isLineBreak(buffer[start + 1]!) };
  }

  /** Index of the line end before the next line that begins a record; -1 if there is none before `limit`. */
  nextRecord(from: number, limit: number): number {
    const { text } = this;
    const part = text.buffer.subarray(0, limit);
    for (let end = text.lineEnd(part, from); end >= 0; end = text.lineEnd(part, end + 1)) {
      if (this.beginsRecord(end, limit)) return text.lineEndStart(end, from);
    }
    return -1;
  }

  /** Whether the opening brace at `at` begins a line as the records do, which were met. */
  isRecordBrace(at: number): boolean {
    if (!this.beginning) return false;
    const lineEnd = at - this.beginning.indent.length - 1;
    return lineEnd >= 0 && this.text.isLineEnd(lineEnd) && this.beginsRecord(lineEnd, at + 2);
  }

  private beginsRecord(lineEnd: number, limit: number): boolean {
    const { beginning } = this;
    const { buffer } = this.text;
    let at = lineEnd + 1;
    if (!beginning) while (at < limit && isBlank(buffer[at]!)) at++;
    else {
      const { indent } = beginning;
      at += indent.length;
      if (at >= limit || buffer.compare(indent, 0, indent.length, lineEnd + 1, at) !== 0) return false;
    }
    if (at + 1 >= limit || at - lineEnd > this.maxRecord || buffer[at] !== OPEN_OBJECT) return false;
    return !beginning || isLineBreak(buffer[at + 1]!) === beginning.isSpread;
  }

  /**
   * Whether a line that begins as the records do can be nothing else, such as an object within a record: each record
   * begins its line, and they are indented or have one line each. `lineEnd` is the one before the line in question, or -1.
   */
  isTelling(lineEnd: number): boolean {
    const { beginning, hasLines } = this;
    const { buffer } = this.text;
    if (this.isMixed) return false;
    if (beginning) return beginning.indent.length > 0 || !(beginning.isSpread || hasLines);
    if (lineEnd < 0) return true;
    return !hasLines && !isLineBreak(buffer[buffer.indexOf(OPEN_OBJECT, lineEnd) + 1]!);
  }

  /**
   * Whether a record of another layout may begin between: on a line with the indentation of the records and a brace,
   * behind which a key comes where they have a line break, or the other way round.
   */
  hidesRecord(from: number, to: number): boolean {
    const { beginning, text } = this;
    if (!beginning) return false;
    const { indent, isSpread } = beginning;
    const { buffer, length } = text;
    const part = buffer.subarray(0, to);
    for (let end = text.lineEnd(part, from); end >= 0; end = text.lineEnd(part, end + 1)) {
      const at = end + 1 + indent.length;
      const next = buffer[at + 1]!;
      const isOther = isSpread ? next === QUOTE : isLineBreak(next);
      if (isOther && at + 1 < length && buffer[at] === OPEN_OBJECT && indent.equals(buffer.subarray(end + 1, at))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the byte at `last` closes the array after a broken element: it is a bracket, the first on its line, which is
   * indented less than the records are.
   */
  closesArray(last: number, from: number): boolean {
    const { beginning, text } = this;
    if (!this.ownLine || !beginning || last < 0 || text.buffer[last] !== CLOSE_ARRAY) return false;
    return text.isFirstOnLine(last, from) && text.columnOf(last) < Math.max(1, beginning.indent.length);
  }

  /**
   * Whether a stray bracket closed the record at hand too early, which shows by a key that follows its comma, at `from`.
   * Undefined: more bytes are needed to tell.
   */
  isCutShort(start: number, end: number, from: number): boolean | undefined {
    const { text } = this;
    const { buffer, length } = text;
    const limit = Math.min(length, from + this.maxRecord + 1);
    const undecided = text.isAll || limit < length ? false : undefined;
    const next = text.spaceEnd(from, limit);
    if (next >= limit) return undecided;
    if (buffer[next] !== QUOTE) return false;
    const close = stringEnd(buffer, next, limit);
    if (close < 0) return false;
    const after = text.spaceEnd(close + 1, limit);
    if (close >= limit || after >= limit) return undecided;
    if (buffer[after] !== COLON) return false;
    if (!text.hasLineEnd(end, next)) return true;
    // A record that closes as it began is whole: it is the next one that misses its opening brace.
    const indent = this.ownLine ? text.columnOf(start) : 0;
    if (!text.hasLineEnd(start, end)) return text.columnOf(next) !== indent;
    return !(text.isFirstOnLine(end - 1, start) && text.columnOf(end - 1) === indent);
  }
}
