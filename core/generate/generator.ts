import type { Random } from './random.ts';
import type { Row } from './row.ts';

/** What a row is made of. The same seed and number make the same thing, whatever else is asked for. */
export interface RowFacts {
  seed: string;
  /** Which row, from 0. */
  index: number;
  random: Random;
  /** When it happened. */
  at: Date;
  /** The number of a row of another dataset that this one refers to. */
  parent(dataset: string): number;
}

export type ChangeFacts = Omit<RowFacts, 'parent'>;

/** A kind of row that the dataset's contract rejects. */
export interface Dirt {
  /** The one reason that validation gives for it, as `column.rule`, or the name of a rule on the row. */
  reason: string;
  /** What is put into a sound row. */
  spoil(row: Row, random: Random): Row;
}

/** How files of a dataset are made up. */
export interface Generator {
  /**
   * `facts`: each file has new rows. `master`: the first file has all rows and each later one changes of a tenth of them.
   */
  kind: 'facts' | 'master';
  /** Sound rows of a file, if nobody says otherwise; of master data as many as others refer to. */
  rows: number;
  format: Format;
  /** The header, in its order. */
  columns: readonly string[];
  /** The key of a row; `code` stands for the seed. Undefined where rows have no key. */
  id?(index: number, code: string): string;
  row(facts: RowFacts): Row;
  /** A newer version of a row, made at that time; the version column is set by itself. Undefined where rows never change. */
  changed?(row: Row, facts: ChangeFacts): Row;
  /** Of facts: the share of a file's rows that are changes of earlier files' rows. */
  changes?: number;
  dirt: Record<string, Dirt>;
}

export type Format = 'csv' | 'jsonl';

/** The random numbers of one thing, so that others can tell what it is like: the price of a property, the plan of a customer. */
export const seedOf = (seed: string, dataset: string, index: number): string => `${seed} ${dataset} ${index}`;
