import type { Cell, Value } from './cells.ts';
import type { Random } from './random.ts';

/** What a row is made from. */
export interface Seed {
  random: Random;
  /** Number of the thing that the row is about: rows of one thing share their key. */
  n: number;
  /** Orders the versions of one thing. */
  rank: number;
}

export interface Field {
  name: string;
  /** Its headers or keys in the files, one of which is written. */
  headers: string[];
  good(seed: Seed): Cell;
  bad: ((seed: Seed) => Cell)[];
}

/** Rules on whole rows, written once more here: which of them the values break. */
export type RowRules = (value: (column: string) => Value) => { breaks: string[]; warns: string[] };

/** Rows of one contract: how sound ones look and in which ways they are spoilt. In the order of the contract. */
export interface Plan {
  contract: string;
  fields: Field[];
  /** Without a key every sound row is accepted. */
  keyed: boolean;
  /** Unknown columns or keys, and the JSON of their values; kept if the contract rescues them. */
  extras: { name: string; make(random: Random): string }[];
  rowRules?: RowRules;
  /** Further ways to spoil a row, beyond its cells. */
  faults?: ((row: Row, random: Random) => Row)[];
  /** A column whose value two things may not share. */
  unique?: string;
}

/** A rule that a row breaks. */
export interface Break {
  /** `column.rule`; of the row as a whole `rule`. */
  rule: string;
  /** The value that a reason must show. */
  value?: string;
}

export interface Row {
  cells: Cell[];
  /** Unknown names with their values, as texts of JSON. */
  extras: [name: string, json: string][];
  /** A column that is written twice. */
  twice?: string;
  breaks: Break[];
  /** Rules broken that only warn, as `column.rule` or `rule`. */
  warns: string[];
  n: number;
  rank: number;
  /** The same row again. */
  isCopy: boolean;
}
