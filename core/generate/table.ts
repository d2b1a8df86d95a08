import type { RowCounts } from '../ledger/items.ts';
import { csvField } from '../validation/csv.ts';
import type { Dirt } from './generator.ts';
import { type Random, randomFrom } from './random.ts';

export interface GenerateOptions {
  /** The same seed gives the same file. */
  seed: string;
  /** Sound rows, each with a key of its own. Dirty ones come on top. */
  rows: number;
  /** Dirty rows as a share of the sound ones, 0–1; they are of all kinds in turn. */
  dirtyShare: number;
  /** The time of the file: all times in it lie before. */
  at: Date;
}

export interface Generated<Kind extends string> {
  /** Rows in the file, without the header. */
  rows: number;
  /** How many dirty rows of each kind are in it. */
  planted: Record<Kind, number>;
  /** What validation must count. */
  expected: RowCounts;
}
export type GeneratedCsv<Kind extends string> = Generated<Kind> & { csv: string };
export type GeneratedJson<Kind extends string> = Generated<Kind> & { jsonl: string };

export type Row = Record<string, string | number>;

/**
 * How a dirty row is made of a sound one of the file. `duplicate` repeats it and `superseded` ages it, both beside the
 * sound row; any other kind is a row of its own that must be rejected. A text stands for a whole broken line. `number`
 * counts the dirty rows from 1.
 */
export type Spoil = (row: Row, random: Random, number: number) => Row | string;

export interface Recipe<Kind extends string> {
  columns: readonly string[];
  /** The row of this number, from 0. */
  row(index: number, random: Random): Row;
  spoils: Record<Kind, Spoil>;
}

/** A dirty row of a key of its own. */
export const spoiled =
  ({ spoil }: Dirt, stranger: () => Row): Spoil =>
  (row, random) => ({ ...spoil(row, random), ...stranger() });

/** Makes the rows of a file: the sound ones, with the dirty ones strewn between them. */
export function generate<Kind extends string>(
  options: GenerateOptions,
  recipe: Recipe<Kind>,
): Generated<Kind> & { lines: (Row | string)[] } {
  const { seed, rows, dirtyShare } = options;
  const random = randomFrom(seed);
  const sound = Array.from({ length: rows }, (_, index) => recipe.row(index, random));
  const kinds = Object.keys(recipe.spoils) as Kind[];
  const planted = Object.fromEntries(kinds.map((kind) => [kind, 0])) as Record<Kind, number>;
  const dirty = rows > 0 ? Math.round(rows * dirtyShare) : 0;
  const placed: [position: number, line: Row | string][] = sound.map((row, index) => [index, row]);
  for (let made = 0; made < dirty; made++) {
    const kind = kinds[made % kinds.length]!;
    placed.push([random.next() * rows, recipe.spoils[kind](random.pick(sound), random, made + 1)]);
    planted[kind]++;
  }
  const lines = placed.sort((a, b) => a[0] - b[0]).map(([, line]) => line);
  const { duplicate = 0, superseded = 0 } = planted as Record<string, number>;
  return {
    lines,
    rows: lines.length,
    planted,
    expected: { in: lines.length, accepted: rows, rejected: dirty - duplicate - superseded, duplicate, superseded },
  };
}

export function toCsv<Kind extends string>(options: GenerateOptions, recipe: Recipe<Kind>): GeneratedCsv<Kind> {
  const { lines, ...counts } = generate(options, recipe);
  const text = (line: Row | string) =>
    typeof line === 'string' ? line : recipe.columns.map((column) => csvField(String(line[column] ?? ''))).join(',');
  return { ...counts, csv: `${[recipe.columns.join(','), ...lines.map(text)].join('\n')}\n` };
}

export function toJsonLines<Kind extends string>(options: GenerateOptions, recipe: Recipe<Kind>): GeneratedJson<Kind> {
  const { lines, ...counts } = generate(options, recipe);
  const text = (line: Row | string) => (typeof line === 'string' ? line : JSON.stringify(line));
  return { ...counts, jsonl: lines.map((line) => `${text(line)}\n`).join('') };
}

/** A time between `days` days before `at` and `at`, to the second. */
export function timeBefore(at: Date, days: number, random: Random): Date {
  const seconds = Math.floor(at.getTime() / 1000) - random.whole(1, days * 86_400);
  return new Date(seconds * 1000);
}

export const instant = (time: Date): string => `${time.toISOString().slice(0, 19)}Z`;

export const secondsAfter = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1000);

/** The same instant, some hours earlier: an older version of a row. */
export const hoursBefore = (time: string | number | undefined, hours: number): string =>
  instant(new Date(Date.parse(String(time)) - hours * 3_600_000));
