import type { Dataset } from '../contract/dataset.ts';
import { columnsByHeader } from './header.ts';
import { isExact } from './json-record.ts';
import type { Staging } from './staging.ts';

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const POINT = 46;
const COLON = 58;
const OPEN = 123;
const CLOSE = 125;

/** How a value is written as a field. */
const PLAIN = 0;
const QUOTED = 1;
const DECIMAL_COMMA = 2;

/** Of each byte in a string: 0 if it is plain text, else one of these. */
const STRING_END = 1;
const STRING_COMMA = 2;
const UNUSUAL = 3;
const IN_STRING = new Uint8Array(256);
IN_STRING.fill(UNUSUAL, 0, SPACE);
IN_STRING[QUOTE] = STRING_END;
IN_STRING[COMMA] = STRING_COMMA;
IN_STRING[0x5c] = UNUSUAL;

const UNKNOWN = -1;

/** Keys of one record that the contract does not know; a record with more of them is unusual. */
const MAX_UNKNOWN = 32;

/** A key that the contract does not know, and where it and its value are, each with its quotes. */
interface Unknown {
  name: string;
  key: number;
  keyEnd: number;
  value: number;
  valueEnd: number;
}

/**
 * Reads the plain kind of JSON record from bytes that are known to be UTF-8, and stages it as CSV without making any
 * string of it: an object of scalar values, without escapes. It takes strict JSON only, and leaves everything unusual to
 * `jsonRecordReader`, whose outcome it must not differ from.
 */
export class FlatReader {
  private readonly dataset: Dataset;
  private readonly byName: Map<string, number>;
  private readonly byKey = new Map<string, number>();
  /** The keys of the last record in their order, with their closing quotes: the next one mostly has the same. */
  private readonly keys: Uint8Array[] = [];
  private readonly keyColumns: number[] = [];
  private readonly keyNames: string[] = [];
  /** Keys of the record that the contract does not know, and that have a value: by name, each once. */
  readonly unknown: Unknown[] = [];

  /** Where each column's text is, and how it is to be written; valid if `seen` is the current record. */
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private readonly styles: Uint8Array;
  private readonly seen: Float64Array;
  private readonly hasDecimalComma: boolean[];
  private record = 0;
  private style = PLAIN;
  private hasExponent = false;
  private readonly isExact: boolean[];

  constructor(dataset: Dataset) {
    const count = dataset.columns.length;
    this.dataset = dataset;
    this.byName = columnsByHeader(dataset);
    this.starts = new Int32Array(count);
    this.ends = new Int32Array(count);
    this.styles = new Uint8Array(count);
    this.seen = new Float64Array(count);
    this.isExact = dataset.columns.map(({ type }) => isExact(type));
    this.hasDecimalComma = dataset.columns.map(({ decimalSeparator }) => decimalSeparator === ',');
  }

  /** Reads the object that begins at `start`; index after it, or -1 if it is anything else than plain. */
  read(buffer: Buffer, start: number): number {
    this.record++;
    this.unknown.length = 0;
    if (buffer[start] !== OPEN) return -1;
    let at = skipSpace(buffer, start + 1);
    for (let place = 0; buffer[at] === QUOTE; place++) {
      const keyAt = at;
      const column = this.key(buffer, at + 1, place);
      if (column === undefined) return -1;
      const { keyEnd } = this;
      at = keyEnd;
      if (buffer[at] !== COLON) at = skipSpace(buffer, at);
      if (buffer[at] !== COLON) return -1;
      at++;
      if (buffer[at]! <= SPACE) at = skipSpace(buffer, at);
      let from = at;
      let to: number;
      if (buffer[at] === QUOTE) {
        from++;
        to = this.stringEnd(buffer, from);
        if (to < 0) return -1;
        at = to + 1;
      } else {
        at = this.scalarEnd(buffer, at);
        if (at < 0 || (this.hasExponent && this.isExact[column])) return -1;
        to = buffer[from] === 0x6e ? from : at;
      }
      if (column >= 0) {
        if (this.seen[column] === this.record) return -1;
        this.seen[column] = this.record;
        this.starts[column] = from;
        this.ends[column] = to;
        this.styles[column] = this.style === DECIMAL_COMMA && !this.hasDecimalComma[column] ? PLAIN : this.style;
      } else {
        const name = this.keyNames[place]!;
        const value = buffer[from - 1] === QUOTE ? from - 1 : from;
        const isNew = this.add({ name, key: keyAt, keyEnd, value, valueEnd: to > from ? at : value });
        if (!isNew) return -1;
      }
      if (buffer[at]! <= SPACE) at = skipSpace(buffer, at);
      if (buffer[at] === CLOSE) {
        if (this.unknown.length > 0) this.dropEmpty();
        return at + 1;
      }
      if (buffer[at] !== COMMA) return -1;
      at++;
      if (buffer[at]! <= SPACE) at = skipSpace(buffer, at);
    }
    return -1;
  }

  /** Stages the record that was read last. */
  stage(staging: Staging, record: number, line: number, buffer: Buffer, size: number): void {
    const { starts, ends, styles, seen } = this;
    staging.begin(record, line, size + 3 * seen.length + 5 * this.unknown.length + 4);
    const { bytes } = staging;
    let to = staging.at;
    for (let column = 0; column < seen.length; column++) {
      if (seen[column] === this.record) {
        const end = ends[column]!;
        const style = styles[column];
        if (style !== PLAIN) bytes[to++] = QUOTE;
        for (let at = starts[column]!; at < end; at++) bytes[to++] = buffer[at]!;
        if (style === DECIMAL_COMMA) bytes[bytes.indexOf(POINT, to - (end - starts[column]!))] = COMMA;
        if (style !== PLAIN) bytes[to++] = QUOTE;
      }
      bytes[to++] = COMMA;
    }
    if (this.unknown.length > 0) to = this.rescue(buffer, bytes, to);
    // There are no faults: the last field is empty.
    bytes[to++] = COMMA;
    staging.at = to;
    staging.end();
  }

  /** Adds a key in the order of the names; false if it was there already, or there are too many. */
  private add(key: Unknown): boolean {
    const { unknown } = this;
    let place = unknown.length;
    if (place === MAX_UNKNOWN) return false;
    while (place > 0 && key.name < unknown[place - 1]!.name) place--;
    if (place > 0 && key.name === unknown[place - 1]!.name) return false;
    unknown.splice(place, 0, key);
    return true;
  }

  /** Drops the keys whose value is null or empty: they had to be there so that none comes twice. */
  private dropEmpty(): void {
    let kept = 0;
    for (const key of this.unknown) if (key.valueEnd > key.value) this.unknown[kept++] = key;
    this.unknown.length = kept;
  }

  /** Writes the unknown keys and their values as a quoted field that holds a JSON object. */
  private rescue(buffer: Buffer, bytes: Buffer, from: number): number {
    let to = from;
    const copy = (start: number, end: number) => {
      for (let at = start; at < end; at++) {
        if (buffer[at] === QUOTE) bytes[to++] = QUOTE;
        bytes[to++] = buffer[at]!;
      }
    };
    bytes[to++] = QUOTE;
    for (const [index, { key, keyEnd, value, valueEnd }] of this.unknown.entries()) {
      bytes[to++] = index === 0 ? OPEN : COMMA;
      copy(key, keyEnd);
      bytes[to++] = COLON;
      copy(value, valueEnd);
    }
    bytes[to++] = CLOSE;
    bytes[to++] = QUOTE;
    return to;
  }

  private keyEnd = 0;

  /** Column of the key whose text begins at `from`, sets `keyEnd` behind its quote; undefined: it is unusual. */
  private key(buffer: Buffer, from: number, place: number): number | undefined {
    const expected = this.keys[place];
    if (expected) {
      let same = 0;
      while (same < expected.length && buffer[from + same] === expected[same]) same++;
      if (same === expected.length) {
        this.keyEnd = from + same;
        return this.keyColumns[place];
      }
    }
    const end = this.stringEnd(buffer, from);
    if (end < 0) return undefined;
    const name = buffer.toString('utf8', from, end);
    let column = this.byKey.get(name);
    if (column === undefined) {
      column = this.byName.get(name.toLowerCase()) ?? UNKNOWN;
      // Names that come from data are not kept: there may be any number of them.
      if (column !== UNKNOWN) this.byKey.set(name, column);
    }
    // A key that the contract does not know is refused even if it has no value.
    if (column === UNKNOWN && this.dataset.drift === 'reject') return undefined;
    this.keys[place] = Buffer.from(buffer.subarray(from, end + 1));
    this.keyColumns[place] = column;
    this.keyNames[place] = name;
    this.keyEnd = end + 1;
    return column;
  }

  /** Index of the quote that ends the string, or -1 for an unusual one; sets `style`. */
  private stringEnd(buffer: Buffer, from: number): number {
    let at = from;
    this.style = PLAIN;
    for (;;) {
      const kind = IN_STRING[buffer[at]!];
      if (kind === 0) at++;
      else if (kind === STRING_END) return at;
      else if (kind === STRING_COMMA) {
        this.style = QUOTED;
        at++;
      } else return -1;
    }
  }

  /** Index after a number, true, false or null; -1 for anything else. Sets `style`. */
  private scalarEnd(buffer: Buffer, from: number): number {
    this.style = PLAIN;
    this.hasExponent = false;
    let at = from;
    const first = buffer[at]!;
    if (first === 0x74) return isAt(buffer, at, 'true') ? at + 4 : -1;
    if (first === 0x66) return isAt(buffer, at, 'false') ? at + 5 : -1;
    if (first === 0x6e) return isAt(buffer, at, 'null') ? at + 4 : -1;
    if (first === 0x2d) at++;
    if (buffer[at] === 0x30) at++;
    else {
      at = digitsEnd(buffer, at);
      if (at < 0) return -1;
    }
    if (buffer[at] === POINT) {
      this.style = DECIMAL_COMMA;
      at = digitsEnd(buffer, at + 1);
      if (at < 0) return -1;
    }
    // 0x65 is e, 0x45 is E.
    if (buffer[at] === 0x65 || buffer[at] === 0x45) {
      this.hasExponent = true;
      at++;
      if (buffer[at] === 0x2b || buffer[at] === 0x2d) at++;
      at = digitsEnd(buffer, at);
    }
    return at;
  }
}

function skipSpace(buffer: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const byte = buffer[at];
    if (byte !== SPACE && byte !== LF && byte !== CR && byte !== TAB) return at;
    at++;
  }
}

/** Index after a run of at least one digit, or -1. */
function digitsEnd(buffer: Buffer, from: number): number {
  let at = from;
  while (buffer[at]! >= 0x30 && buffer[at]! <= 0x39) at++;
  return at > from ? at : -1;
}

function isAt(buffer: Buffer, from: number, word: string): boolean {
  for (let at = 0; at < word.length; at++) if (buffer[from + at] !== word.charCodeAt(at)) return false;
  return true;
}
