import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { UsageError } from '../exit.ts';

export interface LocalFile {
  path: string;
  bytes: number;
  key: string;
}

/** Looks at every file before the first is uploaded. Throws UsageError for what can't be dropped. */
export function filesToDrop(paths: string[], dataset: string, as: string | undefined): LocalFile[] {
  if (as !== undefined && paths.length > 1) throw new UsageError('--as names one file, and several are given');
  return paths.map((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) throw new UsageError(`no such file: ${path}`);
    if (!stat.isFile()) throw new UsageError(`not a file: ${path}`);
    return { path, bytes: stat.size, key: landingKey(dataset, as ?? basename(path)) };
  });
}

/** Throws UsageError for a name that S3 would not take, or that would not be a file. */
export function landingKey(dataset: string, name: string): string {
  const key = `landing/${dataset}/${name}`;
  if (name === '' || name.startsWith('/') || name.endsWith('/')) throw new UsageError(`not a file name: "${name}"`);
  // S3: a key is at most 1,024 bytes of UTF-8.
  if (Buffer.byteLength(key) > 1_024) throw new UsageError(`the name is too long for S3 (1,024 bytes): "${name}"`);
  return key;
}

/** Throws UsageError naming the datasets there are. */
export function checkDataset(dataset: string, known: string[]): void {
  if (known.includes(dataset)) return;
  throw new UsageError(`no contract for a dataset "${dataset}" in schemas/; there are: ${known.sort().join(', ')}`);
}
