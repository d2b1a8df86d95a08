import type { Column, Dataset } from '../contract/dataset.ts';
import type { Fragment } from '../sql/render.ts';

/** Names of the Glue databases of one stage. */
export interface Databases {
  staging: string;
  silver: string;
  gold: string;
  ops: string;
}

export interface NamedType {
  name: string;
  /** Type as Athena's DDL names it. */
  type: string;
}

/** Columns of our own in the staging files. */
function stagedMeta(dataset: Dataset): NamedType[] {
  const columns = [
    // What the version is made of beside the row's hash; the two are put together where rows are compared.
    { name: 'meta_version', type: 'string' },
    { name: 'meta_deleted', type: 'boolean' },
    { name: 'meta_file_id', type: 'string' },
    { name: 'meta_record', type: 'bigint' },
    { name: 'meta_row_hash', type: 'string' },
    { name: 'meta_occurrence', type: 'bigint' },
    { name: 'meta_warnings', type: 'string' },
    { name: 'meta_rescued', type: 'string' },
  ];
  return columns.filter(({ name }) => name !== 'meta_occurrence' || dataset.key.length === 0);
}

/** Columns of our own that every silver row carries. */
const silverMeta = (dataset: Dataset): NamedType[] =>
  stagedMeta(dataset).map((column) =>
    column.name === 'meta_occurrence' ? { name: 'meta_row_id', type: 'string' } : column,
  );

/** A column's type in the silver table. */
export function silverType(column: Column): string {
  const { type } = column;
  return type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : type.kind;
}

/** Its type in the staging files: external tables hold milliseconds only, so timestamps are staged as microseconds. */
export function stagingType(column: Column): string {
  return column.type.kind === 'timestamp' ? 'bigint' : silverType(column);
}

export const stagingColumns = (dataset: Dataset): NamedType[] => [
  ...dataset.columns.map((column) => ({ name: column.name, type: stagingType(column) })),
  ...stagedMeta(dataset),
];

export const silverColumns = (dataset: Dataset): NamedType[] => [
  ...dataset.columns.map((column) => ({ name: column.name, type: silverType(column) })),
  ...silverMeta(dataset),
  { name: 'meta_batch_seq', type: 'bigint' },
];

/** Columns that identify a row: the natural key, with the content where every version is kept; or content and occurrence. */
export function identity({ key, history }: Dataset): string[] {
  if (key.length === 0) return ['meta_row_id'];
  return history === 'scd2' ? [...key, 'meta_row_hash'] : key;
}

export const fragment = (text: string): Fragment => ({ fragment: text });

export const list = (columns: readonly string[], prefix = ''): string =>
  columns.map((name) => prefix + name).join(', ');

/** `t.a = s.a and t.b = s.b` */
export const equal = (columns: readonly string[]): string =>
  columns.map((name) => `t.${name} = s.${name}`).join(' and ');
