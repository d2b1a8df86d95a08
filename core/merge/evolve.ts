import { nameProblem } from '../contract/column.ts';
import type { Dataset } from '../contract/dataset.ts';
import { literal } from '../sql/literals.ts';
import { type NamedType, silverColumns } from './tables.ts';

/** Columns that a silver table may get to by evolution; what comes then stays in `meta_rescued`. */
export const maxColumns = 300;

/** Unknown fields that a file's queue entry lists; those after them stay in `meta_rescued`. */
export const maxListedFields = 100;

/** Characters of a field's and of a column's name: a MERGE of as many columns as there may be has to fit into Athena. */
const maxName = 64;

/** A string column of a silver table that its contract does not name. */
export interface EvolvedColumn {
  name: string;
  /** Names in the files, in order, whose values it takes; none: the rows at hand have nothing for it. */
  fields: string[];
}

/**
 * The column that an unknown field of a file becomes: its name in lower_snake, of letters without their accents.
 * Undefined if that gives no name for a column, or a JSON path could not name the field.
 */
export function columnNameOf(field: string): string | undefined {
  if (field.length > maxName || /["\\\p{Cc}]/u.test(field) || !field.isWellFormed()) return undefined;
  const plain = field.normalize('NFKD').replace(/\p{M}/gu, '');
  // A letter or digit that would be left out makes another name of it.
  if (/(?![a-zA-Z0-9])[\p{L}\p{N}]/u.test(plain)) return undefined;
  const name = plain
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
  return name.length > maxName || nameProblem(name) ? undefined : name;
}

/** The unknown fields of one file that may become columns, in order, as many as its queue entry lists. */
export const listedFields = (unknown: readonly string[]): string[] =>
  [...new Set(unknown)]
    .filter((field) => columnNameOf(field) !== undefined)
    .sort()
    .slice(0, maxListedFields);

/**
 * The columns beside those of the contract that a dataset's silver table has, and will have once the unknown fields of a
 * batch are in it. `known` are those that it has now. A field whose column the contract names in another way (another
 * spelling of a column or alias) is none of them: it would mix with what the contract has checked.
 */
export function evolvedColumns(dataset: Dataset, known: NamedType[], unknown: readonly string[]): EvolvedColumn[] {
  if (dataset.drift !== 'evolve') return [];
  const contract = silverColumns(dataset).map(({ name }) => name);
  const there = known.map(({ name }) => name);
  const byName = Map.groupBy([...unknown].sort(), columnNameOf);
  const taken = new Set(dataset.columns.flatMap(({ name, aliases }) => [name, ...aliases.map(columnNameOf)]));
  const fresh = [...byName.keys()]
    .filter((name) => name !== undefined)
    .filter((name) => !taken.has(name) && !there.includes(name))
    .sort();
  const room = Math.max(0, maxColumns - new Set([...there, ...contract]).size);
  return [...there.filter((name) => !contract.includes(name)), ...fresh.slice(0, room)].map((name) => ({
    name,
    fields: taken.has(name) ? [] : (byName.get(name) ?? []),
  }));
}

/** The values of an evolved column in the staged rows, as text; of an object or array its JSON. */
export function evolvedValue({ fields }: EvolvedColumn): string {
  if (fields.length === 0) return 'cast(null as varchar)';
  const values = fields.flatMap((field) => {
    const path = literal(`$["${field}"]`);
    return [`json_extract_scalar(meta_rescued, ${path})`, `json_format(json_extract(meta_rescued, ${path}))`];
  });
  return `coalesce(${values.join(', ')})`;
}
