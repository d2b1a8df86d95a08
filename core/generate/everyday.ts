import type { Dataset } from '../contract/dataset.ts';
import { type GeneratedFile, generateFiles } from './files.ts';
import type { Format } from './generator.ts';
import { generators } from './registry.ts';

export interface EverydayOptions {
  /** The same options give the same file. */
  seed: string;
  /** Sound rows, each with a key of its own. */
  rows: number;
  /** The time of the file: all times in it lie before. */
  at: Date;
  format: Format;
  /** The share of the rows that tell of what happened 2 to 30 days before the day of the file. */
  late: number;
}

/** Of all kinds by turns. Less than contracts take for an alarm. */
const DIRTY = 0.02;
const REPEATED = 0.005;

/**
 * One file as the days bring it: a few rows in a hundred must be rejected, are sent twice, or are older than another
 * one. Its parents are as many as `tributary generate` makes of them. Throws for a dataset without a generator.
 */
export function everydayFile(dataset: Dataset, options: EverydayOptions): GeneratedFile {
  const generator = generators[dataset.name];
  if (!generator) throw new Error(`no rows can be made up for the dataset ${dataset.name}: it has no generator`);
  const [file] = generateFiles(generator, dataset, {
    ...options,
    files: 1,
    dirty: DIRTY,
    duplicates: REPEATED,
    outOfOrder: REPEATED,
    orphans: 0,
    parents: (parent) => generators[parent]!.rows,
  });
  return file!;
}
