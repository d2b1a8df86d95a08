import { isTemporal } from './column.ts';
import { counted } from './evidence.ts';
import type { Guess } from './guess.ts';
import { isIdLike } from './patterns.ts';

/** What the key, version and partition of a draft rest on, asked of the sample by whoever has its rows. */
export interface Counts {
  /** Rows that are not exact repeats of another. */
  rows: number;
  /** Of these, how many different values some columns have together; columns by their place. */
  distinct(columns: number[]): Promise<number>;
}

export interface Key {
  columns: string[];
  /** Columns that order versions of a row. */
  versions: string[];
  /** What was looked at, a sentence each. */
  considered: string[];
  /** What only a person can decide of it. */
  todos: string[];
}

const UPDATED =
  /(?:^|_)(?:updated|modified|changed|last_updated|last_modified|last_changed|revised)(?:_(?:at|on|ts|time|date|utc))?$|(?:^|_)(?:version|revision|row_version|lsn|etl_ts)$/;
/** In fewer rows much is different by chance. */
const ENOUGH = 50;
/** Pairs are made of the likelier columns only: so many of them. */
const PAIRED = 10;

/** `order` of `orders`, `category` of `categories`. */
export function singular(dataset: string): string {
  return dataset
    .replace(/ies$/, 'y')
    .replace(/(ss|x|ch|sh)es$/, '$1')
    .replace(/(?<!s)s$/, '');
}

export const isVersionLike = (guess: Guess): boolean =>
  UPDATED.test(guess.name) && guess.required && (isTemporal(guess) || ['int', 'bigint'].includes(guess.type.kind));

/**
 * The key that the rows of a sample have: one column, else two, that are never missing and never repeat; the likelier by
 * name and place first. Where rows of one key differ in a column like updated_at alone, that orders their versions. A column
 * that refers to another dataset is no key alone: an order has one customer, and a customer more orders than a sample shows.
 */
export async function findKey(dataset: string, guesses: Guess[], counts: Counts): Promise<Key> {
  const versions = guesses.filter(isVersionLike);
  const places = new Map(guesses.map((guess, place) => [guess, place]));
  const at = (...of: Guess[]) => of.map((guess) => places.get(guess)!);
  const able = guesses.filter(
    (guess) =>
      guess.required &&
      guess.type.kind !== 'double' &&
      guess.type.kind !== 'boolean' &&
      !versions.includes(guess) &&
      guess.enum === undefined,
  );
  const ranked = able
    .map((guess) => ({ guess, rank: rankOf(guess, dataset, places.get(guess)!) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ guess }) => guess);
  const named = ranked.filter((guess) => isIdLike(guess.name));
  const considered: string[] = [];
  const todos: string[] = [];
  const found = (columns: Guess[], ordering: Guess[] = versions): Key => {
    if (counts.rows < ENOUGH || columns.length > 1)
      todos.push(
        `is ${columns.map(({ name }) => name).join(' with ')} the key? It never repeats in ${counted(counts.rows, 'row')}; of rows with one key only the newest stays`,
      );
    const [version] = ordering;
    return { columns: columns.map(({ name }) => name), versions: version ? [version.name] : [], considered, todos };
  };
  for (const guess of named) {
    const distinct = await counts.distinct(at(guess));
    considered.push(`${guess.name}: ${distinct.toLocaleString('en-US')} different in ${counted(counts.rows, 'row')}`);
    if (guess.refersTo && !isOwnId(guess.name, dataset)) {
      if (distinct < counts.rows) continue;
      considered.push(`${guess.name} never repeats, but refers to ${guess.refersTo.dataset}`);
      continue;
    }
    if (distinct === counts.rows) return found([guess]);
    for (const version of isOwnId(guess.name, dataset) ? versions : []) {
      if ((await counts.distinct(at(guess, version))) !== counts.rows) continue;
      considered.push(`${guess.name} with ${version.name} never repeats: versions of the same row`);
      return found([guess], [version]);
    }
  }
  const pairable = ranked
    .filter(
      (guess) =>
        isIdLike(guess.name) ||
        isTemporal(guess) ||
        /(?:^|_)(?:line|position|seq|day|month|year|code)$/.test(guess.name),
    )
    .slice(0, PAIRED);
  for (const [index, first] of pairable.entries()) {
    for (const second of pairable.slice(index + 1)) {
      if (!isIdLike(first.name) && !isIdLike(second.name)) continue;
      if ((await counts.distinct(at(first, second))) !== counts.rows) continue;
      considered.push(`${first.name} with ${second.name}: never repeats`);
      return found([first, second]);
    }
  }
  if (pairable.length > 1)
    considered.push(`no pair of ${pairable.map(({ name }) => name).join(', ')} tells all rows apart`);
  return { columns: [], versions: [], considered, todos };
}

const isOwnId = (name: string, dataset: string): boolean =>
  [
    'id',
    'uuid',
    'key',
    ...['id', 'uuid', 'key', 'no', 'number', 'code'].map((end) => `${singular(dataset)}_${end}`),
  ].includes(name);

/** The dataset's own id first, then what ends in id, then other names of things; within these by place. */
function rankOf({ name }: Guess, dataset: string, place: number): number {
  if (isOwnId(name, dataset)) return place;
  if (/(?:^|_)(?:id|uuid|guid)$/.test(name)) return 1000 + place;
  return (isIdLike(name) ? 2000 : 3000) + place;
}

export interface Partition {
  column: string;
  transform: 'day' | 'month' | 'year';
  because: string;
}

/** Fewer rows than this a partition on average make more files than they are worth. */
const ROWS = 100;

/** The time by which the table is partitioned: when something happened, rather than when its row was changed. */
export async function findPartition(
  guesses: Guess[],
  rows: number,
  partitions: (column: number, transform: Partition['transform']) => Promise<number>,
): Promise<Partition | undefined> {
  const place = guesses.findIndex(
    (guess) => isTemporal(guess) && guess.required && !isVersionLike(guess) && !guess.personal,
  );
  if (place < 0) return undefined;
  for (const transform of ['day', 'month'] as const) {
    const count = await partitions(place, transform);
    if (count > 31 && rows < ROWS * count) continue;
    const because = `${counted(count, transform)} in the sample`;
    return { column: guesses[place]!.name, transform, because };
  }
  const years = await partitions(place, 'year');
  return {
    column: guesses[place]!.name,
    transform: 'year',
    because: `${counted(years, 'year')} in the sample, too few rows for months`,
  };
}
