import { FileRejectedError } from '../errors.ts';
import { csvFields, type Dialect } from './csv.ts';
import { DELIMITERS, endsInCr, fitOf, stagedDialect } from './dialect.ts';
import { type Binding, bindHeader, bindInOrder } from './header.ts';
import { HEADER_BYTES, HEADER_FIELDS, VAIN_BYTES } from './limits.ts';
import { CR, type Damage, LF, RecordSplitter } from './record-splitter.ts';
import type { SplitterOptions } from './splitter.ts';

/** What a byte may mean outside of quotes. */
const PLAIN = 0;
const DELIMITER = 1;
const QUOTE = 2;
const LINE_END = 3;
/** CR where it alone ends no line. */
const RETURN = 4;

const MAX_UNKNOWN = 300;

/** Splits CSV. After a broken quote it gives up one physical line and resumes on the next. */
export class CsvSplitter extends RecordSplitter {
  /** Undefined until enough of the file was seen. */
  private dialect: Dialect | undefined;
  private readonly quote: number;
  private kinds = new Uint8Array(256);
  /** Inside an over-long line: everything up to the next line end is dropped. */
  private skipping = false;
  /** The line ended in CR: if LF comes next, it belongs to it. */
  private afterCr = false;

  /** What `scan` found; fields instead of a result, since it runs once for every record. */
  private recordEnd = 0;
  private next = 0;
  private fields = 0;
  /** Line ends in quoted fields. */
  private inner = 0;
  private multiline = false;
  /** A strict reader would not take the bytes as they are: a quote or a bare CR in an unquoted field. */
  private recode = false;
  private damage: Damage | undefined;
  /** Bytes that were looked at for the end of a record that has none. */
  private looked = 0;
  private vain = 0;

  constructor(options: SplitterOptions) {
    super(options);
    const { quote = '"' } = options.dataset.file;
    this.quote = quote === null ? -1 : quote.charCodeAt(0);
  }

  protected read(from: number, length: number, eof: boolean): number {
    if (!this.dialect && !this.findDialect(from, length, eof)) return from;
    const { buffer, summary } = this;
    let at = from;
    while (at < length) {
      if (this.skipping) at = this.skipLine(at, length);
      if (this.afterCr && at < length) {
        this.afterCr = false;
        if (buffer[at] === LF) at++;
      }
      if (at >= length) break;
      const start = at;
      if (!this.scan(start, length, eof)) return start;
      let { recordEnd: end, damage } = this;
      const { line } = this;
      at = this.next;
      if (at > end) {
        summary.lines++;
        this.afterCr = buffer[end] === CR;
      }
      if (end > start && buffer[end - 1] === CR && !this.endsInCr) end--;
      if (end === start) continue;
      if (!damage) summary.lines += this.inner;
      else this.countVain(end - start, line);
      if (!summary.binding) {
        summary.binding = this.bind(start, end, damage);
        if (this.dataset.file.header !== false) continue;
      }
      summary.records++;
      damage ??= this.byteDamage(start, end) ?? this.fieldDamage(summary.binding.fields);
      if (damage) {
        this.damaged(start, line, damage);
        continue;
      }
      this.sound(start);
      if (this.multiline) summary.multiline = true;
      if (this.recode) this.stageAnew(line, start, end);
      else this.staging.row(summary.records, line, buffer, start, end);
    }
    return length;
  }

  protected override found(): string {
    if (this.dataset.file.header === false) return super.found();
    return this.summary.binding ? 'a header but no rows' : 'no records: neither a header nor rows';
  }

  /** Finds the end of the record that begins at `start`; false: more bytes are needed to tell. */
  private scan(start: number, length: number, eof: boolean): boolean {
    const { buffer, kinds, quote, maxRecord } = this;
    const mayWait = !eof && length - start <= maxRecord;
    let at = start;
    let fieldStart = start;
    let fields = 1;
    let damage: Damage | undefined;
    this.inner = 0;
    this.multiline = this.recode = false;
    for (;;) {
      let byte = buffer[at]!;
      let kind = kinds[byte]!;
      while (kind === PLAIN) {
        byte = buffer[++at]!;
        kind = kinds[byte]!;
      }
      if (at >= length || kind === LINE_END) break;
      if (kind === DELIMITER) {
        fields++;
        fieldStart = ++at;
      } else if (byte === quote && at === fieldStart) {
        at = this.afterQuotes(at + 1, length, eof);
        if (at < 0) {
          if (mayWait) return false;
          damage = ['unterminated_quote', 'a quoted field begins in this row and is never closed'];
          at = length;
          break;
        }
        if (at >= length) break;
        const follows = kinds[buffer[at]!];
        if (follows === DELIMITER || follows === LINE_END) continue;
        // Only a line end may follow, and CR is one only together with LF.
        if (follows === RETURN && (++at >= length || buffer[at] === LF)) break;
        damage = ['text_after_closing_quote', 'text follows the closing quote of a field'];
        break;
      } else {
        at++;
        if (kind === QUOTE || (at < length && buffer[at] !== LF)) this.recode = true;
      }
    }
    if (at >= length && !damage && mayWait) return false;
    this.fields = fields;
    this.recordEnd = at;
    this.next = at < length ? at + 1 : at;
    // Past the limit nothing that was found counts, so that the outcome does not hang on how much was there to see.
    if (at - start > maxRecord)
      damage = ['unterminated_quote', `a quoted field is not closed within ${maxRecord} bytes`];
    this.damage = damage;
    this.looked = Math.min(at - start, maxRecord);
    return damage ? this.giveUpLine(start, length, mayWait) : true;
  }

  /** Index after the quote that closes the field whose text begins at `from`; -1 if that can not be told yet. */
  private afterQuotes(from: number, length: number, eof: boolean): number {
    const { buffer, quote } = this;
    for (let at = from; at < length; at++) {
      const byte = buffer[at]!;
      if (byte === quote) {
        if (at + 1 >= length) return eof ? length : -1;
        if (buffer[at + 1] !== quote) return at + 1;
        at++;
      } else if (byte === LF) {
        this.multiline = true;
        if (!this.endsInCr || buffer[at - 1] !== CR) this.inner++;
      } else if (byte === CR) {
        this.multiline = true;
        if (this.endsInCr) this.inner++;
      }
    }
    return -1;
  }

  /** Ends a damaged record with its physical line; reading resumes on the next. False: the line's end is not there yet. */
  private giveUpLine(start: number, length: number, mayWait: boolean): boolean {
    const lineEnd = this.lineEnd(start, length);
    const isClosed = lineEnd >= 0;
    if (!isClosed && mayWait) return false;
    this.recordEnd = isClosed ? lineEnd : length;
    this.next = isClosed ? lineEnd + 1 : length;
    if (this.recordEnd - start > this.maxRecord) {
      this.damage = ['record_too_long', `the line is longer than ${this.maxRecord} bytes`];
      this.skipping = !isClosed;
    }
    return true;
  }

  /** Throws FileRejectedError when looking for the ends of records has become most of the work. */
  private countVain(size: number, line: number): void {
    this.vain += Math.max(0, this.looked - size);
    if (this.vain <= VAIN_BYTES) return;
    throw new FileRejectedError(
      `quoted fields begin on many lines and end on none, the last of them in line ${line}: so many that looking for their ends takes too long. Close the quotes; or if fields are never quoted, say so in the contract: file: { quote: null }.`,
    );
  }

  private skipLine(from: number, length: number): number {
    const end = this.lineEnd(from, length);
    if (end < 0) return length;
    this.skipping = false;
    this.summary.lines++;
    this.afterCr = this.buffer[end] === CR;
    return end + 1;
  }

  /** Stages a record with quotes around each unquoted field that a strict reader would not take as it is. */
  private stageAnew(line: number, start: number, end: number): void {
    const { buffer, kinds, staging, summary } = this;
    const quote = summary.dialect.quote.charCodeAt(0);
    staging.begin(summary.records, line, 2 * (end - start + this.fields));
    const { bytes } = staging;
    let to = staging.at;
    for (let at = start; ; at++) {
      const from = at;
      let needsQuotes = false;
      if (buffer[at] === this.quote) at = this.afterQuotes(at + 1, end, true);
      else {
        for (; at < end && kinds[buffer[at]!] !== DELIMITER; at++) {
          if (buffer[at] === quote) needsQuotes = true;
          else if (buffer[at] === CR) needsQuotes = summary.multiline = true;
        }
      }
      if (needsQuotes) bytes[to++] = quote;
      for (let each = from; each < at; each++) {
        if (needsQuotes && buffer[each] === quote) bytes[to++] = quote;
        bytes[to++] = buffer[each]!;
      }
      if (needsQuotes) bytes[to++] = quote;
      if (at >= end) break;
      bytes[to++] = buffer[at]!;
    }
    staging.at = to;
    staging.end();
  }

  /** Settles how lines end and what stands between fields, by the first record; false: more bytes are needed. */
  private findDialect(from: number, length: number, eof: boolean): boolean {
    const { file } = this.dataset;
    const { quote = '"' } = file;
    const candidates = file.delimiter ? [file.delimiter] : DELIMITERS.filter((delimiter) => delimiter !== quote);
    if (this.endsInCr === undefined) {
      const codes = candidates.map((delimiter) => delimiter.charCodeAt(0));
      const part = this.buffer.subarray(from, Math.min(length, from + this.maxRecord + 1));
      const isAll = eof || length - from > this.maxRecord;
      this.endsInCr = endsInCr(part, (byte) => codes.includes(byte), this.quote, isAll);
      if (this.endsInCr === undefined) return false;
    }
    const start = this.firstRecord(from, length);
    // Of bytes that all seem to be blank the last may turn out not to be.
    const blank = start === undefined ? length - from - 1 : start - from;
    if (start === undefined && !eof && blank <= this.maxRecord) return false;
    if (blank > this.maxRecord) {
      throw new FileRejectedError(`the file begins with more than ${this.maxRecord} bytes of blank lines.`);
    }
    let best = -1;
    let chosen: Dialect = { delimiter: candidates[0]!, quote };
    for (const delimiter of candidates.length > 1 && start !== undefined ? candidates : []) {
      const dialect = { delimiter, quote };
      this.speak(dialect);
      if (!this.scan(start!, length, eof)) return false;
      this.skipping = false;
      const end =
        this.recordEnd > start! && this.buffer[this.recordEnd - 1] === CR ? this.recordEnd - 1 : this.recordEnd;
      let fit = this.damage ? -1 : 0;
      if (!this.damage && this.isWithinReason(start!, end)) {
        fit = fitOf(csvFields(this.buffer.toString('utf8', start, end), dialect), this.dataset);
      }
      if (fit > best) {
        best = fit;
        chosen = dialect;
      }
    }
    this.speak(chosen);
    this.dialect = chosen;
    this.summary.dialect = stagedDialect(chosen);
    this.staging.speak(this.summary.dialect);
    return true;
  }

  /** Index of the first line that is not blank, if it is at hand with the byte after it. */
  private firstRecord(from: number, length: number): number | undefined {
    for (let at = from; at < length; at++) {
      const byte = this.buffer[at];
      const isBlank = byte === LF || (byte === CR && (this.endsInCr || this.buffer[at + 1] === LF));
      if (!isBlank) return byte === CR && at + 1 >= length ? undefined : at;
    }
    return undefined;
  }

  private speak(dialect: Dialect): void {
    const kinds = new Uint8Array(256);
    kinds[LF] = LINE_END;
    kinds[CR] = this.endsInCr ? LINE_END : RETURN;
    kinds[stagedDialect(dialect).quote.charCodeAt(0)] = QUOTE;
    kinds[dialect.delimiter.charCodeAt(0)] = DELIMITER;
    this.kinds = kinds;
  }

  private bind(start: number, end: number, damage: Damage | undefined): Binding {
    const { dataset } = this;
    if (dataset.file.header === false) {
      const isHeaderLike = !damage && this.fields === dataset.columns.length;
      const cells = isHeaderLike ? csvFields(this.buffer.toString('utf8', start, end), this.dialect) : [];
      return bindInOrder(cells, dataset);
    }
    const fault = damage ?? this.byteDamage(start, end);
    if (fault?.[0] === 'invalid_utf8') {
      throw new FileRejectedError(
        `the header is broken: ${fault[1]}. Save the file as UTF-8, or state its encoding in the contract: file: { encoding: windows-1252 }, for example.`,
      );
    }
    if (fault) throw new FileRejectedError(`the header is broken: ${fault[1]}.`);
    if (!this.isWithinReason(start, end)) {
      throw new FileRejectedError(
        `the header has ${this.fields} columns in ${end - start} bytes; at most ${HEADER_FIELDS} columns in ${HEADER_BYTES} bytes are read. Does the file begin with a header line?`,
      );
    }
    const cells = csvFields(this.buffer.toString('utf8', start, end), this.dialect);
    const binding = bindHeader(cells, dataset, this.summary.dialect.delimiter);
    this.summary.unknown = binding.extra.slice(0, MAX_UNKNOWN).map(({ name }) => name);
    return binding;
  }

  /** The record that was scanned last may be a header by its size. */
  private isWithinReason(start: number, end: number): boolean {
    return this.fields <= HEADER_FIELDS && end - start <= HEADER_BYTES;
  }

  private fieldDamage(expected: number): Damage | undefined {
    const { fields } = this;
    if (fields === expected) return undefined;
    const where = this.dataset.file.header === false ? 'contract' : 'header';
    const message = `the row has ${fields} fields where the ${where} has ${expected}`;
    return [fields < expected ? 'too_few_fields' : 'too_many_fields', message, String(fields)];
  }
}
