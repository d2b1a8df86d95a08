import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const rotateAbove = 20_000_000;

/** Opens a part's log to append to, putting a large old one aside as `<file>.1`. Returns a file descriptor. */
export function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > rotateAbove) renameSync(file, `${file}.1`);
  return openSync(file, 'a');
}

/** The last lines of a file, reading no more of it than needed; none if there is no such file. */
export function lastLines(file: string, count: number): string[] {
  if (count <= 0 || !existsSync(file)) return [];
  const descriptor = openSync(file, 'r');
  try {
    const { size } = statSync(file);
    let start = size;
    let text = Buffer.alloc(0);
    // One line more than asked for, since the first may be cut.
    while (start > 0 && newlines(text) <= count) {
      const length = Math.min(64 * 1024, start);
      start -= length;
      const block = Buffer.alloc(length);
      readSync(descriptor, block, 0, length, start);
      text = Buffer.concat([block, text]);
    }
    const lines = text.toString('utf8').split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines.slice(-count);
  } finally {
    closeSync(descriptor);
  }
}

function newlines(text: Buffer): number {
  let count = 0;
  for (const byte of text) if (byte === 10) count++;
  return count;
}
