import { isUtf8 } from 'node:buffer';
import type { Dataset } from '../contract/dataset.ts';
import { FileRejectedError } from '../errors.ts';
import { COMMA_QUOTE } from './csv.ts';
import { LIMITS } from './limits.ts';
import type { DamageRule } from './reasons.ts';
import type { SplitSummary, Splitter, SplitterOptions, SplitterOutput } from './splitter.ts';
import { Staging } from './staging.ts';

export const LF = 10;
export const CR = 13;
const MB = 1024 * 1024;

/** How a broken record is described: rule, what a person needs to know, and the offending value if there is one. */
export type Damage = [rule: DamageRule, message: string, value?: string];

/** What the splitters of all formats share: the bytes at hand, and what is said of a record. */
export abstract class RecordSplitter implements Splitter {
  protected readonly dataset: Dataset;
  protected readonly output: SplitterOutput;
  protected readonly maxRecord: number;
  protected readonly staging: Staging;
  protected readonly summary: SplitSummary = {
    records: 0,
    sound: 0,
    damaged: 0,
    lines: 0,
    longest: 0,
    multiline: false,
    dialect: COMMA_QUOTE,
    unknown: [],
  };

  /** After the bytes at hand there is a line end, so that loops need not look where they end. */
  protected buffer: Buffer;
  /** Offset of the buffer's first byte in the input. */
  protected base = 0;
  /** Lines end in CR, be it with or without LF (old Macintosh style); otherwise CR alone is data. */
  protected endsInCr: boolean | undefined;
  private filled = 0;
  /** Bytes that must be there before another try makes sense. */
  private wanted: number;
  private readonly block: number;
  private readonly encoding: string;
  private atStart = true;
  /** Up to here the buffer is known to be UTF-8. */
  private validTo = 0;
  private hasNul = false;

  constructor({ dataset, output, encoding = 'utf-8', maxRecord = LIMITS.record, block = 2 * MB }: SplitterOptions) {
    this.dataset = dataset;
    this.output = output;
    this.encoding = encoding.toUpperCase();
    this.maxRecord = maxRecord;
    this.block = this.wanted = block;
    this.buffer = Buffer.allocUnsafe(2 * block + 1);
    this.staging = new Staging(output.sound, block);
  }

  /** Reads records from `from`, as far as they are at hand; returns how far it came. */
  protected abstract read(from: number, length: number, eof: boolean): number;

  write(chunk: Uint8Array): void {
    const needed = this.filled + chunk.length;
    if (needed >= this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed + 1, 2 * this.buffer.length));
      this.buffer.copy(larger, 0, 0, this.filled);
      this.buffer = larger;
    }
    this.buffer.set(chunk, this.filled);
    this.filled = needed;
    if (this.filled >= this.wanted) this.work(false);
  }

  end(): SplitSummary {
    this.work(true);
    const { summary, staging } = this;
    this.output.begins(this.inputEnd, staging.offset);
    staging.flush();
    summary.longest = staging.longest;
    if (summary.records === 0) {
      throw new FileRejectedError(`the file has ${this.found()}. If there was nothing to send, send no file.`);
    }
    return summary;
  }

  get lineReached(): number {
    return this.line + this.lineEndsIn(0, this.filled);
  }

  /** What a file without records has, for a message. */
  protected found(): string {
    return 'no records';
  }

  /** Where the last record ends at the latest. */
  protected get inputEnd(): number {
    return this.base;
  }

  protected get line(): number {
    return this.summary.lines + 1;
  }

  private work(eof: boolean): void {
    let from = 0;
    if (this.atStart) {
      if (this.filled < 3 && !eof) return;
      this.atStart = false;
      if (this.buffer[0] === 0xef && this.buffer[1] === 0xbb && this.buffer[2] === 0xbf && this.filled >= 3) from = 3;
    }
    this.buffer[this.filled] = LF;
    const lastLine = this.filled > 0 ? this.buffer.lastIndexOf(LF, this.filled - 1) : -1;
    this.validTo = lastLine >= 0 && isUtf8(this.buffer.subarray(from, lastLine)) ? lastLine : 0;
    this.hasNul = this.buffer.subarray(0, this.filled).includes(0);

    const used = this.read(from, this.filled, eof);
    this.buffer.copyWithin(0, used, this.filled);
    this.filled -= used;
    this.base += used;
    // A record that does not fit is tried again at twice its size, not at every chunk.
    this.wanted = Math.max(this.block, Math.min(2 * this.filled, this.maxRecord + 1));
  }

  /** Index of the line end that comes next; -1 if there is none at hand. */
  protected lineEnd(from: number, length: number): number {
    if (!this.endsInCr) {
      const end = this.buffer.indexOf(LF, from);
      return end < length ? end : -1;
    }
    for (let at = from; at < length; at++) if (this.buffer[at] === LF || this.buffer[at] === CR) return at;
    return -1;
  }

  /** How many lines end in a part of the buffer; a CR at its end counts, whatever follows. */
  protected lineEndsIn(from: number, to: number): number {
    let count = 0;
    for (let at = from; at < to; at++) {
      const byte = this.buffer[at];
      if (byte === LF) count += this.endsInCr && at > from && this.buffer[at - 1] === CR ? 0 : 1;
      else if (byte === CR && this.endsInCr) count++;
    }
    return count;
  }

  protected byteDamage(start: number, end: number): Damage | undefined {
    if (end > this.validTo && !isUtf8(this.buffer.subarray(start, end))) {
      return ['invalid_utf8', `the row holds bytes that are not ${this.encoding}`];
    }
    if (this.hasNul && this.buffer.subarray(start, end).includes(0)) {
      return ['nul_byte', 'the row holds a NUL byte'];
    }
    return undefined;
  }

  /** Counts a record that begins at `start` and is sound. */
  protected sound(start: number): void {
    this.summary.sound++;
    this.output.begins(this.base + start, this.staging.offset);
  }

  protected damaged(start: number, line: number, [rule, message, value = '']: Damage): void {
    this.summary.damaged++;
    this.output.begins(this.base + start, -1);
    this.output.damaged({ record: this.summary.records, line, rule, value, message });
  }
}
