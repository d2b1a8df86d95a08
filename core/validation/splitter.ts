import { isUtf8 } from 'node:buffer';
import type { Dataset } from '../contract/dataset.ts';
import { FileRejectedError } from '../errors.ts';
import { csvField, csvFields } from './csv.ts';
import { type Binding, bindHeader } from './header.ts';
import { type JsonRecord, jsonRecordReader } from './json-record.ts';
import { LIMITS } from './limits.ts';
import { type DamagedRecord, type DamageRule, type Reason, VALUE_CHARACTERS } from './reasons.ts';
import type { Format } from './recognise.ts';

/** Where the splitter's findings go. Calls come in the order of the records. */
export interface SplitterOutput {
  /**
   * Sound records as strict CSV: record number, line, then the fields as they are in the file (CSV) or the columns of
   * the contract, rescued JSON and faults (JSON lines). The bytes are overwritten after the call.
   */
  sound(bytes: Uint8Array): void;
  damaged(record: DamagedRecord): void;
  /** Where each record, sound or damaged, begins in the input; after the last one, where the input ends. */
  begins(offset: number): void;
}

export interface SplitterOptions {
  format: Format;
  dataset: Dataset;
  output: SplitterOutput;
  /** Bytes of the longest record that is read. */
  maxRecord?: number;
  /** Bytes that are gathered before they are worked on; small in tests, so that records straddle blocks. */
  block?: number;
}

export interface SplitSummary {
  records: number;
  sound: number;
  damaged: number;
  /** Line ends met, wherever they were. */
  lines: number;
  /** Bytes of the longest staged record. */
  longest: number;
  /** A field holds a line end. */
  multiline: boolean;
  /** Undefined for JSON lines, and for CSV before its header was met. */
  binding?: Binding;
}

const LF = 10;
const CR = 13;
const QUOTE = 34;
const COMMA = 44;
const MB = 1024 * 1024;

/** How a broken record is described: rule, what a person needs to know, and the offending value if there is one. */
type Damage = [rule: DamageRule, message: string, value?: string];

interface Scanned {
  /** Index of the line end that closes the record. */
  end: number;
  /** Index of the next record. */
  next: number;
  fields: number;
  /** A field is quoted. */
  quoted: boolean;
  /** A strict reader would not take the bytes as they are: a quote or a bare CR in an unquoted field. */
  recode: boolean;
  damage: Damage | undefined;
}

/**
 * Finds the records of a CSV or JSON lines file, fed in chunks of any size, and sets damaged ones aside. It decides
 * what a record is and nothing else: values are judged later. After a broken quote it gives up one physical line and
 * resumes on the next. The outcome does not depend on how the input is cut into chunks.
 */
export class Splitter {
  private readonly options: Required<SplitterOptions>;
  private readonly readJson: (text: string) => JsonRecord | undefined;
  private readonly summary: SplitSummary = {
    records: 0,
    sound: 0,
    damaged: 0,
    lines: 0,
    longest: 0,
    multiline: false,
  };

  private buffer: Buffer;
  private filled = 0;
  /** Offset of the buffer's first byte in the input. */
  private base = 0;
  /** Bytes that must be there before another try makes sense. */
  private wanted: number;
  private atStart = true;
  /** Inside an over-long line: everything up to the next line end is dropped. */
  private skipping = false;
  /** Up to here the buffer is known to be UTF-8. */
  private validTo = 0;
  private hasNul = false;

  /** What `scan` found; fields instead of a result, since it runs once for every record. */
  private readonly scanned: Scanned = { end: 0, next: 0, fields: 0, quoted: false, recode: false, damage: undefined };

  private readonly staged: Buffer;
  private stagedBytes = 0;

  constructor(options: SplitterOptions) {
    this.options = { maxRecord: LIMITS.record, block: 2 * MB, ...options };
    this.readJson = jsonRecordReader(options.dataset);
    this.wanted = this.options.block;
    this.buffer = Buffer.allocUnsafe(2 * this.options.block);
    this.staged = Buffer.allocUnsafe(Math.max(this.options.block, 4096));
  }

  /** Takes the next bytes of the file. Throws FileRejectedError when the header does not fit the contract. */
  write(chunk: Uint8Array): void {
    const needed = this.filled + chunk.length;
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.buffer.length));
      this.buffer.copy(larger, 0, 0, this.filled);
      this.buffer = larger;
    }
    this.buffer.set(chunk, this.filled);
    this.filled = needed;
    if (this.filled >= this.wanted) this.work(false);
  }

  /** Takes the end of the file. Throws FileRejectedError when there was no record in it. */
  end(): SplitSummary {
    this.work(true);
    const { summary, options } = this;
    options.output.begins(this.base);
    this.flush();
    if (options.format === 'csv' && !summary.binding) {
      throw new FileRejectedError('the file is empty: it has neither a header nor rows.');
    }
    if (summary.records === 0) {
      const what = options.format === 'csv' ? 'a header but no rows' : 'no records';
      throw new FileRejectedError(`the file has ${what}. If there was nothing to send, send no file.`);
    }
    return summary;
  }

  /** Line up to which the input has come, for a message about where it broke off. */
  get lineReached(): number {
    let line = this.line;
    for (let at = 0; at < this.filled; at++) if (this.buffer[at] === LF) line++;
    return line;
  }

  private get line(): number {
    return this.summary.lines + 1;
  }

  private work(eof: boolean): void {
    let from = 0;
    if (this.atStart) {
      if (this.filled < 3 && !eof) return;
      this.atStart = false;
      if (this.buffer[0] === 0xef && this.buffer[1] === 0xbb && this.buffer[2] === 0xbf && this.filled >= 3) from = 3;
    }
    const lastLine = this.filled > 0 ? this.buffer.lastIndexOf(LF, this.filled - 1) : -1;
    this.validTo = lastLine >= 0 && isUtf8(this.buffer.subarray(from, lastLine)) ? lastLine : 0;
    const nul = this.buffer.indexOf(0);
    this.hasNul = nul >= 0 && nul < this.filled;

    const used = this.options.format === 'csv' ? this.csv(from, this.filled, eof) : this.jsonl(from, this.filled, eof);
    this.buffer.copyWithin(0, used, this.filled);
    this.filled -= used;
    this.base += used;
    // A record that does not fit is tried again at twice its size, not at every chunk.
    this.wanted = Math.max(this.options.block, Math.min(2 * this.filled, this.options.maxRecord + 1));
  }

  /** Reads CSV records from `from`; returns how far it came. */
  private csv(from: number, length: number, eof: boolean): number {
    const { buffer, summary, scanned } = this;
    let at = this.skipping ? this.skipLine(from, length) : from;
    while (at < length) {
      const start = at;
      if (!this.scan(start, length, eof)) return start;
      let { end, damage } = scanned;
      const line = this.line;
      at = scanned.next;
      if (at > end) summary.lines++;
      if (end > start && buffer[end - 1] === CR) end--;
      if (end === start) continue;
      if (scanned.quoted && !damage) this.countLineEnds(start, end);
      if (!summary.binding) {
        summary.binding = this.header(start, end, damage);
        continue;
      }
      this.begin(start);
      damage ??= this.byteDamage(start, end) ?? this.fieldDamage(scanned.fields, summary.binding.fields);
      if (damage) this.damaged(line, damage);
      else if (scanned.recode)
        this.stage(
          line,
          csvFields(buffer.toString('utf8', start, end))
            .map(csvField)
            .join(','),
        );
      else this.stageBytes(line, start, end);
    }
    return length;
  }

  /** Finds the end of the CSV record that begins at `start`, into `scanned`; false: more bytes are needed to tell. */
  private scan(start: number, length: number, eof: boolean): boolean {
    const { buffer, scanned } = this;
    const { maxRecord } = this.options;
    const mayWait = !eof && length - start <= maxRecord;
    let at = start;
    let fieldStart = start;
    let fields = 1;
    let damage: Damage | undefined;
    scanned.quoted = scanned.recode = false;
    while (at < length) {
      const byte = buffer[at]!;
      if (byte === LF) break;
      if (byte === COMMA) {
        fields++;
        fieldStart = ++at;
      } else if (byte === QUOTE && at === fieldStart) {
        scanned.quoted = true;
        at = this.afterQuotes(at + 1, length, eof);
        if (at < 0) {
          if (mayWait) return false;
          damage = ['unterminated_quote', 'a quoted field begins in this row and is never closed'];
          at = length;
        } else if (at < length && buffer[at] !== COMMA && buffer[at] !== LF) {
          // Only a line end may follow, and CR is one only together with LF.
          if (buffer[at] === CR && ++at >= length) continue;
          if (buffer[at] === LF) break;
          damage = ['text_after_closing_quote', 'text follows the closing quote of a field'];
        }
        if (damage) break;
      } else {
        at++;
        if (byte === QUOTE || (byte === CR && at < length && buffer[at] !== LF)) scanned.recode = true;
      }
    }
    if (at >= length && !damage && mayWait) return false;
    scanned.fields = fields;
    scanned.end = at;
    scanned.next = at < length ? at + 1 : at;
    // Past the limit nothing that was found counts, so that the outcome does not hang on how much was there to see.
    if (at - start > maxRecord)
      damage = ['unterminated_quote', `a quoted field is not closed within ${maxRecord} bytes`];
    scanned.damage = damage;
    return damage ? this.giveUpLine(start, length, mayWait) : true;
  }

  /** Ends a damaged record with its physical line; reading resumes on the next. False: the line's end is not there yet. */
  private giveUpLine(start: number, length: number, mayWait: boolean): boolean {
    const { scanned } = this;
    const { maxRecord } = this.options;
    const lineEnd = this.buffer.indexOf(LF, start);
    const closed = lineEnd >= 0 && lineEnd < length;
    if (!closed && mayWait) return false;
    scanned.end = closed ? lineEnd : length;
    scanned.next = closed ? lineEnd + 1 : length;
    if (scanned.end - start > maxRecord) {
      scanned.damage = ['record_too_long', `the line is longer than ${maxRecord} bytes`];
      this.skipping = !closed;
    }
    return true;
  }

  /** Reads one record a line; returns how far it came. */
  private jsonl(from: number, length: number, eof: boolean): number {
    const { buffer, options, summary } = this;
    let at = this.skipping ? this.skipLine(from, length) : from;
    while (at < length) {
      const start = at;
      const lineEnd = buffer.indexOf(LF, start);
      const closed = lineEnd >= 0 && lineEnd < length;
      let end = closed ? lineEnd : length;
      if (!closed && !eof && length - start <= options.maxRecord) return start;
      const tooLong = end - start > options.maxRecord;
      this.skipping = tooLong && !closed && !eof;
      at = closed ? end + 1 : end;
      const line = this.line;
      if (closed) summary.lines++;
      // Of an over-long line only the beginning may be there, so that nothing can be said of its content.
      while (!tooLong && end > start && isJsonSpace(buffer[end - 1]!)) end--;
      if (end === start) continue;
      this.begin(start);
      if (tooLong) this.damaged(line, ['record_too_long', `the line is longer than ${options.maxRecord} bytes`]);
      else this.jsonRecord(line, start, end);
    }
    return length;
  }

  private jsonRecord(line: number, start: number, end: number): void {
    const damage = this.byteDamage(start, end);
    const record = damage ?? this.parseJson(start, end);
    if (Array.isArray(record)) {
      this.damaged(line, record);
      return;
    }
    const faults = record.faults.length > 0 ? JSON.stringify(record.faults.map(forPeople)) : '';
    this.stage(line, [...record.fields, record.rescued, faults].map(csvField).join(','));
  }

  private parseJson(start: number, end: number): JsonRecord | Damage {
    try {
      const record = this.readJson(this.buffer.toString('utf8', start, end));
      return record ?? ['not_an_object', 'the line is not one JSON object'];
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return ['invalid_json', `the line is not valid JSON: ${clean(error.message).slice(0, 200)}`];
    }
  }

  /** Index after the quote that closes the field whose text begins at `from`; -1 if that can not be told yet. */
  private afterQuotes(from: number, length: number, eof: boolean): number {
    let at = from;
    for (;;) {
      const quote = this.buffer.indexOf(QUOTE, at);
      if (quote < 0 || quote >= length) return -1;
      if (quote + 1 >= length) return eof ? length : -1;
      if (this.buffer[quote + 1] !== QUOTE) return quote + 1;
      at = quote + 2;
    }
  }

  private countLineEnds(start: number, end: number): void {
    const record = this.buffer.subarray(start, end);
    if (record.includes(CR)) this.summary.multiline = true;
    for (let at = record.indexOf(LF); at >= 0; at = record.indexOf(LF, at + 1)) {
      this.summary.lines++;
      this.summary.multiline = true;
    }
  }

  private skipLine(from: number, length: number): number {
    const end = this.buffer.indexOf(LF, from);
    if (end < 0 || end >= length) return length;
    this.skipping = false;
    this.summary.lines++;
    return end + 1;
  }

  private header(start: number, end: number, damage?: Damage): Binding {
    if (damage) throw new FileRejectedError(`the header is broken: ${damage[1]}.`);
    const fault = this.byteDamage(start, end);
    if (fault) throw new FileRejectedError(`the header is broken: ${fault[1]}. Save the file as UTF-8 text.`);
    return bindHeader(csvFields(this.buffer.toString('utf8', start, end)), this.options.dataset);
  }

  private byteDamage(start: number, end: number): Damage | undefined {
    if (end > this.validTo && !isUtf8(this.buffer.subarray(start, end))) {
      return ['invalid_utf8', 'the row holds bytes that are not UTF-8'];
    }
    if (this.hasNul && this.buffer.subarray(start, end).includes(0)) {
      return ['nul_byte', 'the row holds a NUL byte'];
    }
    return undefined;
  }

  private fieldDamage(found: number, expected: number): Damage | undefined {
    if (found === expected) return undefined;
    const message = `the row has ${found} fields where the header has ${expected}`;
    return [found < expected ? 'too_few_fields' : 'too_many_fields', message, String(found)];
  }

  private begin(start: number): void {
    this.summary.records++;
    this.options.output.begins(this.base + start);
  }

  private damaged(line: number, [rule, message, value = '']: Damage): void {
    this.summary.damaged++;
    this.options.output.damaged({ record: this.summary.records, line, rule, value, message });
  }

  private stageBytes(line: number, start: number, end: number): void {
    const size = end - start;
    if (size + 40 > this.staged.length) {
      this.stage(line, this.buffer.toString('utf8', start, end));
      return;
    }
    if (this.stagedBytes + size + 40 > this.staged.length) this.flush();
    this.number(this.summary.records);
    this.number(line);
    this.buffer.copy(this.staged, this.stagedBytes, start, end);
    this.stagedBytes += size;
    this.staged[this.stagedBytes++] = LF;
    this.count(size);
  }

  private stage(line: number, fields: string): void {
    const row = `${this.summary.records},${line},${fields}\n`;
    if (/[\n\r]/.test(fields)) this.summary.multiline = true;
    // A character of a JavaScript string takes at most three bytes.
    if (this.stagedBytes + 3 * row.length > this.staged.length) this.flush();
    if (3 * row.length > this.staged.length) {
      const bytes = Buffer.from(row);
      this.options.output.sound(bytes);
      this.count(bytes.length);
    } else {
      const size = this.staged.write(row, this.stagedBytes);
      this.stagedBytes += size;
      this.count(size);
    }
  }

  private number(value: number): void {
    let unit = 1;
    while (unit * 10 <= value) unit *= 10;
    for (; unit >= 1; unit /= 10) this.staged[this.stagedBytes++] = 48 + (Math.floor(value / unit) % 10);
    this.staged[this.stagedBytes++] = COMMA;
  }

  private count(size: number): void {
    this.summary.sound++;
    if (size > this.summary.longest) this.summary.longest = size;
  }

  private flush(): void {
    if (this.stagedBytes > 0) this.options.output.sound(this.staged.subarray(0, this.stagedBytes));
    this.stagedBytes = 0;
  }
}

const isJsonSpace = (byte: number): boolean => byte === 32 || byte === 9 || byte === CR;

const clean = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD');

/** What the engine reads back from the staged JSON: no unpaired surrogates, no NUL, values cut to a sane length. */
const forPeople = ({ column, rule, value, message }: Reason) => ({
  column_name: clean(column),
  rule,
  value: clean(value.slice(0, VALUE_CHARACTERS)),
  message: clean(message.slice(0, VALUE_CHARACTERS)),
});
