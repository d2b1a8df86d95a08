import type { Plan, Row } from './plan.ts';
import type { Random } from './random.ts';

/** A record as it lies in the file. */
export interface Written {
  /** Its text; bytes that are none are shown as the quarantine shows them. */
  raw: string;
  /** Null where lines say nothing. */
  line: number | null;
  /** Of a damaged record. */
  rule?: string;
}

/** Writes the rows of one file. */
export interface Writer {
  row(row: Row): Written;
  /** A record that can not be read, made from a sound row; not for formats whose records are read as one. */
  damaged?(row: Row): Written;
  /** The whole file. */
  finish(): Uint8Array;
}

export type MakeWriter = (plan: Plan, random: Random) => Writer;

/** Longest record, in bytes, that the files are read with; over-long ones are longer. */
export const MAX_RECORD = 8192;

/** Bytes of a file and the line that comes next. */
export class Sink {
  line = 1;
  private readonly parts: Uint8Array[] = [];
  private readonly encode: (text: string) => Uint8Array;

  constructor(encode: (text: string) => Uint8Array) {
    this.encode = encode;
  }

  text(text: string): void {
    this.parts.push(this.encode(text));
    this.line += text.match(/\r\n|\n|\r/g)?.length ?? 0;
  }

  bytes(...bytes: number[]): void {
    this.parts.push(Uint8Array.from(bytes));
  }

  finish(): Uint8Array {
    return Buffer.concat(this.parts);
  }
}

const upperHalf = new Map(
  Array.from({ length: 128 }, (_, index) => [
    new TextDecoder('windows-1252').decode(Uint8Array.of(128 + index)),
    128 + index,
  ]),
);

/** Encoders of the texts that the files are written in. Throw for a character that the encoding lacks. */
export const encodings = {
  'utf-8': (text: string): Uint8Array => Buffer.from(text, 'utf8'),
  'utf-16le': (text: string): Uint8Array => Buffer.from(text, 'utf16le'),
  'utf-16be': (text: string): Uint8Array => Buffer.from(text, 'utf16le').swap16(),
  'windows-1252': (text: string): Uint8Array =>
    Uint8Array.from(text, (letter) => {
      const code = letter.charCodeAt(0) < 128 ? letter.charCodeAt(0) : upperHalf.get(letter);
      if (code === undefined) throw new Error(`${letter} is not in Windows-1252`);
      return code;
    }),
};
