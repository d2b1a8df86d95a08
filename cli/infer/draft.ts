import { existsSync, statSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { readDatasets } from '../../aws/project-files.ts';
import { nameProblem } from '../../core/contract/column.ts';
import { datasetOf } from '../../core/discovery/draft.ts';
import { type Inferred, inferContract } from '../../engine/infer.ts';
import { UsageError } from '../exit.ts';
import type { Source } from '../validate/source.ts';

/** The dataset's name: as it is given, else as the first file's name tells it. Throws UsageError if it can be no table. */
export function chooseDataset(paths: string[], given?: string): string {
  const name = given ?? (paths[0] === '-' ? '' : datasetOf(paths[0]!));
  if (name === '') throw new UsageError('how is the dataset called? Name it with --dataset');
  const problem = nameProblem(name);
  if (problem !== undefined) throw new UsageError(`${problem}: name the dataset with --dataset`);
  return name;
}

/** Where the draft goes; a contract that is there is never overwritten, and its file is named after its dataset. */
export function outputFile(out: string, dataset: string): string {
  const isFolder = statSync(out, { throwIfNoEntry: false })?.isDirectory() === true;
  const path = isFolder ? join(out, `${dataset}.odcs.yaml`) : out;
  if (basename(path) !== `${dataset}.odcs.yaml`) {
    throw new UsageError(`the contract of ${dataset} must be the file ${dataset}.odcs.yaml, not ${basename(path)}`);
  }
  if (existsSync(path)) throw new UsageError(`${path} is there already: remove it, or write the draft elsewhere`);
  return path;
}

const MB = 1024 * 1024;

export interface DraftOptions {
  paths: string[];
  sources: Source[];
  dataset: string;
  rows: number;
  workDir: string;
}

/** Drafts the contract, with as much of this machine as is polite. */
export function draftContract({ paths, sources, dataset, rows, workDir }: DraftOptions): Promise<Inferred> {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return inferContract({
    dataset,
    sources: sources.map(({ name, bytes, size }, index) => ({
      name,
      bytes,
      path: size === undefined ? undefined : paths[index],
    })),
    rows,
    workDir,
    memoryLimitMb: Math.max(128, Math.floor(Math.min(512, memory / MB / 2))),
    threads: Math.min(4, availableParallelism()),
    others: Object.values(readDatasets()),
  });
}
