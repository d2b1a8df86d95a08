import type { Dataset } from '../contract/dataset.ts';
import { type Generator, seedOf } from './generator.ts';
import { codeOf, type Random, randomFrom } from './random.ts';
import { instant, type Row, secondsAfter } from './row.ts';

export interface VersionsOptions {
  seed: string;
  /** The time of the last file. */
  at: Date;
  /** How many rows the parents have. */
  parents(dataset: string): number;
}

/** The rows of a dataset by their number, and other versions of them. */
export interface Versions {
  /** Of facts, as it happened then; master data are there long before anything happens. An orphan's parent is not there yet. */
  first(index: number, at: Date, isOrphan: boolean): Row;
  changed(row: Row, index: number, at: Date): Row;
  /** What the row was up to an hour before; undefined where rows have no versions. */
  older?(row: Row, index: number): Row;
  /** A row like it under a number of its own. */
  stranger(row: Row, index: number): Row;
}

/** Of an orphan, the parent is one of those that come next: a fifth more of them, and all are there. */
const ORPHANS_AMONG = 0.2;

export function versionsOf(
  generator: Generator,
  dataset: Dataset,
  { seed, at: end, parents }: VersionsOptions,
  random: Random,
): Versions {
  const code = codeOf(seed);
  const [key] = dataset.key;
  const [version] = dataset.versionColumns;
  const called = (index: number): Row => (key && generator.id ? { [key]: generator.id(index, code) } : {});

  const first = (index: number, at: Date, isOrphan: boolean): Row => {
    const own = randomFrom(seedOf(seed, dataset.name, index));
    const lost = isOrphan ? random.pick(dataset.references).dataset : undefined;
    const parent = (name: string) => {
      const known = parents(name);
      return name === lost ? known + own.whole(0, Math.ceil(known * ORPHANS_AMONG) - 1) : own.whole(0, known - 1);
    };
    const when = generator.kind === 'facts' ? at : longBefore(end, `${seedOf(seed, dataset.name, index)} began`);
    return { ...generator.row({ seed, index, random: own, at: when, parent }), ...called(index) };
  };
  const { changed: change } = generator;
  if (!change || !version) return { first, changed: (row) => row, stranger: (row) => row };
  const changed = (row: Row, index: number, at: Date): Row => ({
    ...change(row, { seed, index, random, at }),
    [version]: instant(at),
  });
  return {
    first,
    changed,
    older(row, index) {
      const at = secondsAfter(new Date(String(row[version])), -random.whole(1, 3_599));
      return { ...changed(row, index, at), ...(dataset.deletedColumn ? { [dataset.deletedColumn]: '' } : {}) };
    },
    stranger: (row, index) => ({ ...row, ...called(index) }),
  };
}

/** Between 400 and 800 days before, to the second. */
const longBefore = (end: Date, seed: string): Date =>
  secondsAfter(end, -randomFrom(seed).whole(400 * 86_400, 800 * 86_400));
