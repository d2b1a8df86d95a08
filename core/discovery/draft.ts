import type { Dataset, FileFormat } from '../contract/dataset.ts';
import { guessColumn } from './column.ts';
import type { Evidence } from './evidence.ts';
import type { Guess } from './guess.ts';
import { type Counts, findKey, findPartition, type Key, type Partition } from './keys.ts';
import { columnNames } from './names.ts';
import { isNameOfPeople } from './personal.ts';
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

export interface Draft {
  dataset: string;
  files: SampleFile[];
  file: FileFormat;
  columns: Guess[];
  key: Key;
  partition?: Partition;
  /** What the files have and the contract can not: it goes to `meta_rescued`. */
  leftOut: { name: string; because: string }[];
  notes: string[];
}

/** What a draft asks of the rows of a sample. */
export interface SampleRows {
  /** Rows that are not exact repeats of another. */
  rows: number;
  distinct(columns: number[]): Promise<number>;
  /** Different days, months or years of a column, which is read as it was guessed. */
  periods(column: number, guess: Guess, transform: Partition['transform']): Promise<number>;
}

/** Drafts the columns, the key and the partition of a table; `others` are the contracts that there are. */
export async function draftTable(
  dataset: string,
  evidence: Evidence[],
  sample: SampleRows,
  others: Dataset[],
): Promise<Pick<Draft, 'columns' | 'key' | 'partition'>> {
  const names = columnNames(evidence.map(({ header }) => header));
  const columns = evidence.map((each, index) => guessColumn(each, names[index]!));
  const personal = columns.map((column) => column.personal);
  for (const column of columns) column.personal ??= isNameOfPeople(column.name, personal);
  const counts: Counts = { rows: sample.rows, distinct: sample.distinct };
  const key = await findKey(dataset, columns, counts);
  const partition = await findPartition(columns, sample.rows, (column, transform) =>
    sample.periods(column, columns[column]!, transform),
  );
  const parents = others.filter(({ name }) => name !== dataset);
  for (const [index, column] of columns.entries()) {
    if (key.columns.length === 1 && key.columns[0] === column.name) continue;
    const values = [...evidence[index]!.values.keys()].filter((text) => !column.nulls.includes(text));
    column.refersTo = findReference(column, values, parents);
  }
  return { columns, key, partition };
}

/** The dataset that a file's name tells: `orders` of `orders-2026-03.csv.gz`; empty if it tells none. */
export function datasetOf(fileName: string): string {
  const base = fileName.slice(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1);
  const stem = base.replace(/(?:\.(?:csv|tsv|txt|jsonl?|ndjson|parquet|gz|gzip|zst|zstd|dat))+$/i, '');
  const [{ name } = { name: '' }] = columnNames([stem.replace(/[\d._-]*\d[\d._T:-]*Z?$/i, '')]);
  return name.replace(/_+$/, '').replace(/^column_1$/, '');
}
