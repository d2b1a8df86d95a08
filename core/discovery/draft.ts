import type { Dataset, FileFormat } from '../contract/dataset.ts';
import { guessColumn } from './column.ts';
import type { Evidence } from './evidence.ts';
import type { Guess } from './guess.ts';
import { findKey, findPartition, type Key, type Partition } from './keys.ts';
import { columnNames } from './names.ts';
import { type Decimal, decimalOf } from './numbers.ts';
import { isNameOfPeople } from './personal.ts';
import { isLikeFullName } from './personal-values.ts';
import { findReference } from './references.ts';

/** One file of a sample. */
export interface SampleFile {
  name: string;
  /** `CSV with semicolons, windows-1252, gzip`. */
  format: string;
  /** Rows that were looked at, and of these those too damaged to be rows. */
  rows: number;
  damaged: number;
  /** The file goes on behind these. */
  isCut: boolean;
}

/** A field that can be no column. */
export interface LeftOut {
  name: string;
  because: string;
  /** Personal data that seems to be in it: what, and where. */
  personal?: string[];
}

export interface Draft {
  dataset: string;
  files: SampleFile[];
  file: FileFormat;
  columns: Guess[];
  key: Key;
  partition?: Partition;
  /** What the files have and the contract can not: it goes to `meta_rescued`. */
  leftOut: LeftOut[];
  notes: string[];
}

/** What a draft asks of the rows of a sample. */
export interface SampleRows {
  headers: string[];
  /** What it holds of one column. */
  evidence(column: number): Promise<Evidence>;
  /** Rows that are not exact repeats of another. */
  rows: number;
  distinct(columns: number[]): Promise<number>;
  /** Different days, months or years of a column, which is read as it was guessed. */
  periods(column: number, guess: Guess, transform: Partition['transform']): Promise<number>;
}

/**
 * Drafts the columns, the key and the partition of a table; `others` are the contracts that there are. The values of one
 * column only are held at a time.
 */
export async function draftTable(
  dataset: string,
  sample: SampleRows,
  others: Dataset[],
): Promise<Pick<Draft, 'columns' | 'key' | 'partition'>> {
  const names = columnNames(sample.headers);
  const parents = others.filter(({ name }) => name !== dataset);
  const columns: Guess[] = [];
  const decimals: ReturnType<typeof decimalOf>[] = [];
  const likeNames: boolean[] = [];
  for (const [index, name] of names.entries()) {
    const evidence = await sample.evidence(index);
    const column = guessColumn(evidence, name);
    const texts = textsOf(column, evidence);
    column.refersTo = findReference(column, texts, parents);
    columns.push(column);
    likeNames.push(column.enum === undefined && texts.length > 0 && texts.every(isLikeFullName));
    decimals.push(isWritten(column, evidence) ? decimalOf(texts) : undefined);
  }
  const decimal = agreed(decimals);
  for (const [index, own] of decimals.entries()) {
    if (own !== 'either') continue;
    const { refersTo } = columns[index]!;
    if (decimal === ',')
      columns[index] = { ...guessColumn(await sample.evidence(index), names[index]!, ','), refersTo };
    else if (decimal === undefined) columns[index]!.todos.push(EITHER);
  }
  const personal = columns.map((column) => column.personal);
  for (const [index, column] of columns.entries()) {
    column.personal ??= isNameOfPeople(column.name, likeNames[index]!, personal);
  }
  const key = await findKey(dataset, columns, { rows: sample.rows, distinct: sample.distinct });
  const partition = await findPartition(columns, sample.rows, (column, transform) =>
    sample.periods(column, columns[column]!, transform),
  );
  for (const column of columns) {
    if (key.columns.length === 1 && key.columns[0] === column.name) column.refersTo = undefined;
  }
  return { columns, key, partition };
}

const EITHER =
  'decimals or thousands? Three digits follow the only separator of every value, and no other column tells: state decimalSeparator and thousandsSeparator';

const textsOf = ({ nulls }: Guess, { values }: Evidence): string[] =>
  [...values.keys()].map((text) => text.trim()).filter((text) => text !== '' && !nulls.includes(text));

/** Whether a column is of numbers that somebody has written, in the way of a country. */
const isWritten = ({ type, formats }: Guess, { declared }: Evidence): boolean =>
  ['int', 'bigint', 'decimal', 'double'].includes(type.kind) &&
  formats === undefined &&
  (declared === undefined || declared === 'VARCHAR');

/** What separates decimals in a file, if all columns that tell tell the same. */
function agreed(decimals: ReturnType<typeof decimalOf>[]): Decimal | undefined {
  const told = new Set(decimals.filter((decimal) => decimal !== undefined && decimal !== 'either'));
  return told.size === 1 ? ([...told][0] as Decimal) : undefined;
}

/** The dataset that a file's name tells: `orders` of `orders-2026-03.csv.gz`; empty if it tells none. */
export function datasetOf(fileName: string): string {
  const base = fileName.slice(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
  const stem = base.replace(/(?:\.(?:csv|tsv|txt|jsonl?|ndjson|parquet|gz|gzip|zst|zstd|dat))+$/i, '');
  const [{ name } = { name: '' }] = columnNames([stem.replace(/[\d._-]*\d[\d._T:-]*Z?$/i, '')]);
  return name.replace(/_+$/, '').replace(/^column_1$/, '');
}
