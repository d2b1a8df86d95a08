import { InvalidArgumentError } from 'commander';
import type { Dataset } from '../../core/contract/dataset.ts';
import { type FilesOptions, kindsOf } from '../../core/generate/files.ts';
import type { Format, Generator } from '../../core/generate/generator.ts';
import { generators } from '../../core/generate/registry.ts';
import { UsageError } from '../exit.ts';

/** What the command line says; shares are 0 to 1. */
export interface Options {
  rows?: number;
  files: number;
  seed: string;
  at?: Date;
  dirty: string[];
  late: number;
  duplicates: number;
  outOfOrder: number;
  orphans: number;
  parents: string[];
  format?: Format;
}

/** The generator of a dataset. Throws UsageError naming those that there are. */
export function generatorOf(name: string): Generator {
  const generator = Object.hasOwn(generators, name) ? generators[name] : undefined;
  if (generator) return generator;
  const known = Object.keys(generators).sort().join(', ');
  throw new UsageError(`no rows can be made up for a dataset "${name}"; there are generators for: ${known}`);
}

/** What to generate. Throws UsageError for what the dataset does not have. */
export function filesOptions(name: string, dataset: Dataset, options: Options, now: Date): FilesOptions {
  const generator = generatorOf(name);
  const parents = parentsOf(dataset, options.parents);
  if (options.orphans > 0 && dataset.references.length === 0) {
    throw new UsageError(`${name} refers to no other dataset, so it can have no orphans`);
  }
  return {
    rows: options.rows ?? generator.rows,
    files: options.files,
    seed: options.seed,
    at: options.at ?? new Date(`${now.toISOString().slice(0, 10)}T00:00:00Z`),
    format: options.format ?? generator.format,
    dirty: dirtOf(generator, name, options.dirty),
    late: options.late,
    duplicates: options.duplicates,
    outOfOrder: options.outOfOrder,
    orphans: options.orphans,
    parents: (parent) => parents[parent] ?? generatorOf(parent).rows,
  };
}

/** One share for all kinds together, or one of each kind that is named. */
function dirtOf(generator: Generator, name: string, given: string[]): FilesOptions['dirty'] {
  if (given.length === 0) return {};
  if (given.length === 1 && !given[0]!.includes('=')) return shareOf(given[0]!);
  const kinds = kindsOf(generator);
  const dirty: Record<string, number> = {};
  for (const text of given) {
    const [, kind, share] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (kind === undefined)
      throw new UsageError(`--dirty takes one share, or kinds with one each: "${text}" is no kind=share`);
    if (!kinds.includes(kind))
      throw new UsageError(`${name} has no kind of dirt "${kind}"; there are: ${kinds.join(', ')}`);
    if (kind in dirty) throw new UsageError(`--dirty names ${kind} twice`);
    dirty[kind] = shareOf(share!);
  }
  return dirty;
}

function shareOf(text: string): number {
  try {
    return share(text);
  } catch (error) {
    throw new UsageError(`--dirty: ${(error as Error).message}`);
  }
}

function parentsOf({ name, references }: Dataset, given: string[]): Record<string, number> {
  const names = [...new Set(references.map(({ dataset }) => dataset))];
  return Object.fromEntries(
    given.map((text) => {
      const [, parent, count] = /^([^=]+)=([1-9]\d{0,6})$/.exec(text) ?? [];
      if (parent === undefined) throw new UsageError(`--parents takes counts like customers=500, not "${text}"`);
      if (names.includes(parent)) return [parent, Number(count)];
      const known = names.length > 0 ? `it refers to ${names.join(', ')}` : 'it refers to none';
      throw new UsageError(`${name} does not refer to ${parent}; ${known}`);
    }),
  );
}

/** A share as `0.03` or `3%`. */
export function share(text: string): number {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const value = percent ? Number(digits) / 100 : Number(digits);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError(`"${text}" is no share: write 0.03 or 3%, at most 1 or 100%`);
}

/** A time as `2026-03-01` or `2026-03-01T06:00:00Z`. */
export function instant(text: string): Date {
  const isWritten = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$/.test(text);
  const time = new Date(isWritten ? text : Number.NaN);
  if (!Number.isNaN(time.getTime()) && time.toISOString().startsWith(text.slice(0, 19))) return time;
  throw new InvalidArgumentError('write it like 2026-03-01 or 2026-03-01T06:00:00Z');
}

/** One whole number of at least 1, up to as many rows as one file should be made of here. */
export function rowCount(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= 1_000_000) return value;
  throw new InvalidArgumentError(`a whole number from 1 to 1,000,000 is needed: for more, make several files`);
}
