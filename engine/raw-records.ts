import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { RAW_BYTES, rawText } from '../core/validation/raw-text.ts';
import type { Format } from '../core/validation/recognise.ts';

const LF = 10;

/** Writes where each record begins, as 8 bytes a record. */
export function offsetWriter(path: string): { add(offset: number): void; close(): void } {
  const file = openSync(path, 'w');
  const block = new Float64Array(8192);
  let filled = 0;
  const flush = () => {
    writeAll(file, new Uint8Array(block.buffer, 0, filled * 8));
    filled = 0;
  };
  return {
    add(offset) {
      block[filled++] = offset;
      if (filled === block.length) flush();
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}

/** Reads the raw text of records, by their numbers in rising order, from a copy of the file and its offsets. */
export function rawReader(sourcePath: string, offsetsPath: string, format: Format) {
  const source = windowOf(sourcePath);
  const offsets = windowOf(offsetsPath);
  return {
    text(record: number): string {
      const place = offsets.read((record - 1) * 8, 16);
      const begin = place.readDoubleLE(0);
      const size = place.readDoubleLE(8) - begin;
      const bytes = source.read(begin, Math.min(size, RAW_BYTES));
      // Blank lines up to the next record are not part of this one.
      const lineEnd = format === 'jsonl' ? bytes.indexOf(LF) : -1;
      return lineEnd >= 0 ? rawText(bytes.subarray(0, lineEnd)) : rawText(bytes, size);
    },
    close() {
      source.close();
      offsets.close();
    },
  };
}

/** Reads a file here and there, mostly forward, without a system call for each piece. */
function windowOf(path: string) {
  const file = openSync(path, 'r');
  const block = Buffer.allocUnsafe(2 * RAW_BYTES);
  let start = 0;
  let length = 0;
  return {
    read(at: number, size: number): Buffer {
      if (at < start || at + size > start + length) {
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
