import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { RAW_BYTES, rawText } from '../core/validation/raw-text.ts';
import type { TextFormat } from '../core/validation/recognise.ts';

const COMMA = 44;
/** Two numbers a record: where it begins in the source, and where its row begins in the staged file, or -1. */
const PAIR = 16;
const WINDOW = 1024 * 1024;

/** Writes where each record and its staged row begin, as two 8-byte numbers a record. */
export function offsetWriter(path: string): { add(offset: number, staged: number): void; close(): void } {
  const file = openSync(path, 'w');
  const block = new Float64Array(16_384);
  let filled = 0;
  const flush = () => {
    writeAll(file, new Uint8Array(block.buffer, 0, filled * 8));
    filled = 0;
  };
  return {
    add(offset, staged) {
      block[filled++] = offset;
      block[filled++] = staged;
      if (filled === block.length) flush();
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}

/** Reads the raw text of records, by their numbers in rising order, from a copy of the file and its offsets. */
export function rawReader(sourcePath: string, offsetsPath: string, format: TextFormat) {
  const source = windowOf(sourcePath);
  const offsets = windowOf(offsetsPath);
  return {
    text(record: number): string {
      const place = offsets.read((record - 1) * PAIR, PAIR + 8);
      const begin = place.readDoubleLE(0);
      const size = place.readDoubleLE(PAIR) - begin;
      const bytes = source.read(begin, Math.min(size, RAW_BYTES));
      if (format === 'csv') return rawText(bytes, size);
      const end = jsonEnd(bytes, format);
      return end < bytes.length ? rawText(bytes.subarray(0, end)) : rawText(bytes, size);
    },
    close() {
      source.close();
      offsets.close();
    },
  };
}

/** Where a JSON record ends, given everything up to the next one: white space is not part of it, nor is a comma. */
function jsonEnd(bytes: Buffer, format: TextFormat): number {
  const solidEnd = (from: number) => {
    let end = from;
    while (end > 0 && bytes[end - 1]! <= 32) end--;
    return end;
  };
  const end = solidEnd(bytes.length);
  return format === 'json' && bytes[end - 1] === COMMA && end > 1 ? solidEnd(end - 1) : end;
}

/** Reads staged rows, by the numbers of sound records in rising order: bytes with their line end, valid until the next. */
export function stagedRows(stagedPath: string, offsetsPath: string) {
  const staged = windowOf(stagedPath);
  const offsets = windowOf(offsetsPath);
  return {
    row(record: number): Buffer {
      const begin = offsets.read((record - 1) * PAIR + 8, 8).readDoubleLE(0);
      if (begin < 0) throw new RangeError(`record ${record} is damaged: it has no staged row`);
      let next = record;
      let end = -1;
      while (end < 0) end = offsets.read(next++ * PAIR + 8, 8).readDoubleLE(0);
      return staged.read(begin, end - begin);
    },
    close() {
      staged.close();
      offsets.close();
    },
  };
}

/** Reads a file here and there, mostly forward, without a system call for each piece. */
function windowOf(path: string) {
  const file = openSync(path, 'r');
  let block = Buffer.allocUnsafe(WINDOW);
  let start = 0;
  let length = 0;
  return {
    read(at: number, size: number): Buffer {
      if (at < start || at + size > start + length) {
        if (size > block.length) block = Buffer.allocUnsafe(size);
        start = at;
        length = 0;
        for (let got = -1; got !== 0 && length < size; length += got) {
          got = readSync(file, block, length, block.length - length, start + length);
        }
      }
      return block.subarray(at - start, Math.min(at - start + size, length));
    },
    close: () => closeSync(file),
  };
}

export function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
