import type { StagedDialect } from './csv.ts';

const LF = 10;
/** Bytes that record number, line and delimiters may take. */
const PREFIX = 48;

/** Gathers staged rows, each of a record number, a line and fields, and passes them on in blocks. */
export class Staging {
  /** Room to write in, from `at`; only what `room` has promised. */
  bytes: Buffer;
  at = 0;
  /** Bytes of the longest row. */
  longest = 0;
  /** Bytes that were passed on. */
  private before = 0;
  private rowStart = 0;
  private delimiter = 44;
  private readonly pass: (bytes: Uint8Array) => void;

  constructor(pass: (bytes: Uint8Array) => void, block: number) {
    this.pass = pass;
    this.bytes = Buffer.allocUnsafe(Math.max(block, 4096));
  }

  speak({ delimiter }: StagedDialect): void {
    this.delimiter = delimiter.charCodeAt(0);
  }

  /** Where the next row begins among all staged bytes. */
  get offset(): number {
    return this.before + this.at;
  }

  /** Begins a row whose fields take at most `size` bytes. */
  begin(record: number, line: number, size: number): void {
    const needed = size + PREFIX;
    if (this.at + needed > this.bytes.length) {
      this.flush();
      if (needed > this.bytes.length) this.bytes = Buffer.allocUnsafe(needed);
    }
    this.rowStart = this.at;
    this.number(record);
    this.number(line);
  }

  end(): void {
    this.bytes[this.at++] = LF;
    if (this.at - this.rowStart > this.longest) this.longest = this.at - this.rowStart;
  }

  /** Stages fields that are written as they must be. */
  row(record: number, line: number, source: Buffer, start: number, end: number): void {
    this.begin(record, line, end - start);
    source.copy(this.bytes, this.at, start, end);
    this.at += end - start;
    this.end();
  }

  text(record: number, line: number, fields: string): void {
    const size = Buffer.byteLength(fields);
    this.begin(record, line, size);
    this.at += this.bytes.write(fields, this.at);
    this.end();
  }

  flush(): void {
    if (this.at > 0) this.pass(this.bytes.subarray(0, this.at));
    this.before += this.at;
    this.at = 0;
  }

  private number(value: number): void {
    let unit = 1;
    while (unit * 10 <= value) unit *= 10;
    for (; unit >= 1; unit /= 10) this.bytes[this.at++] = 48 + (Math.floor(value / unit) % 10);
    this.bytes[this.at++] = this.delimiter;
  }
}
