import { createReadStream, statSync } from 'node:fs';
import { UsageError } from '../exit.ts';

export interface Source {
  /** As it is called in messages. */
  name: string;
  bytes: AsyncIterable<Uint8Array>;
  /** Undefined for standard input. */
  size?: number;
  lastModified: Date;
}

/** Opens a file, or standard input for `-`. Throws UsageError if there is no such file. */
export function openSource(path: string, now: Date, stdin: AsyncIterable<Uint8Array> = process.stdin): Source {
  if (path === '-') return { name: 'standard input', bytes: stdin, lastModified: now };
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new UsageError(`no such file: ${path}`);
  if (stat.isDirectory()) throw new UsageError(`not a file: ${path}`);
  const bytes = createReadStream(path, { highWaterMark: 1024 * 1024 });
  // A pipe (`<(command)`) is a file without a size.
  return { name: path, bytes, size: stat.isFile() ? stat.size : undefined, lastModified: stat.mtime };
}
