import type { Dataset, Reference } from '../contract/dataset.ts';
import { InvalidInputError } from '../errors.ts';
import { list, silverColumns } from '../merge/tables.ts';

/**
 * What readers see of a silver table, as parenthesised SELECTs: a table also has deleted rows, with `history: scd2` every
 * version of a row, and with `onOrphan: hold` rows that wait for their parent. All of it is decided when it is read, so it
 * cannot depend on the order in which files came.
 */

export type Datasets = Record<string, Dataset>;

/** The rows of a dataset's table as somebody reads it: FROM clauses differ by snapshot. */
export interface Reader {
  datasets: Datasets;
  /** A relation with all columns of silverColumns; `select *` must not bring others. */
  table(dataset: Dataset): string;
}

export const nullOf = (type: string): string =>
  `cast(null as ${{ string: 'varchar', timestamp: 'timestamp(6)' }[type] ?? type})`;

/** No rows, but the columns of a table: of one that is not there yet. */
export function noRows(dataset: Dataset): string {
  const columns = silverColumns(dataset).map(({ name, type }) => `${nullOf(type)} as ${name}`);
  return `(select ${list(columns)} where false)`;
}

/** What counts now: no deleted rows, of several versions the one that is valid, none that waits. */
export function currentRows(reader: Reader, dataset: Dataset): string {
  const columns = list(silverColumns(dataset).map(({ name }) => name));
  if (dataset.history === 'scd2') return `(select ${columns} from ${historyRows(reader, dataset)} where is_current)`;
  return `(select ${columns} from ${reader.table(dataset)} r where ${present(reader, dataset, 'r', 'not meta_deleted')})`;
}

/**
 * Every version with the time in which it is valid. Of several versions of one instant the greatest counts; one that says
 * the same as the one before is part of it; a deleted one ends the one before and is not shown.
 */
export function historyRows(reader: Reader, dataset: Dataset): string {
  const [from] = dataset.versionColumns;
  if (dataset.history !== 'scd2' || from === undefined)
    throw new InvalidInputError(`${dataset.name} keeps no history: its contract does not say history: scd2`);
  const key = list(dataset.key);
  const columns = list(silverColumns(dataset).map(({ name }) => name));
  const content = dataset.columns.map(({ name }) => name).filter((name) => !isOfVersion(dataset, name));
  const before = (name: string) => `lag(${name}) over (partition by ${key} order by ${from})`;
  const differs = ['meta_deleted', ...content].map((name) => `${name} is distinct from ${before(name)}`).join(' or ');
  const ranked = `select *, row_number() over (partition by ${key}, ${from} order by meta_version desc) as meta_rank
    from ${reader.table(dataset)} r where ${present(reader, dataset, 'r')}`;
  const compared = `select *, ${before('meta_deleted')} is null or ${differs} as meta_differs
    from (${ranked}) where meta_rank = 1`;
  const intervals = `select *, lead(${from}) over (partition by ${key} order by ${from}) as meta_until
    from (${compared}) where meta_differs`;
  return `(select ${columns}, ${from} as valid_from, meta_until as valid_to, meta_until is null as is_current
    from (${intervals}) where not meta_deleted)`;
}

/** Key columns are the same in all versions of a row; version columns and the tombstone say nothing of its content. */
const isOfVersion = ({ key, versionColumns, deletedColumn }: Dataset, name: string) =>
  key.includes(name) || versionColumns.includes(name) || name === deletedColumn;

/** The rows that wait, with `waits_for`: what is missing, as `customer_id C-1 in customers`. */
export function heldRows(reader: Reader, dataset: Dataset): string {
  const columns = list(
    silverColumns(dataset).map(({ name }) => name),
    'r.',
  );
  const missing = heldReferences(dataset).map((reference) => {
    const text = `'${reference.column} ' || cast(r.${reference.column} as varchar) || ' in ${reference.dataset}'`;
    return `case when not (${admitted(reader, reference, 'r')}) then ${text} end`;
  });
  const waits = missing.length === 1 ? missing[0]! : `concat_ws(', ', ${missing.join(', ')})`;
  return `(select ${columns}, ${waits} as waits_for
    from ${reader.table(dataset)} r where not meta_deleted and not (${present(reader, dataset, 'r')}))`;
}

export const heldReferences = ({ references }: Dataset): Reference[] =>
  references.filter(({ onOrphan }) => onOrphan === 'hold');

/** The condition on rows of `alias` that none of their parents is missing, and more. */
function present(reader: Reader, dataset: Dataset, alias: string, more = 'true'): string {
  return [more, ...heldReferences(dataset).map((reference) => `(${admitted(reader, reference, alias)})`)].join(' and ');
}

/** The row refers to nothing, or to a key that has come. A deleted parent has; one that waits itself has not. */
function admitted(reader: Reader, { column, dataset, parentColumn }: Reference, alias: string): string {
  return `${alias}.${column} is null or ${alias}.${column} in ${knownKeys(reader, dataset, parentColumn)}`;
}

/** Keys of a dataset that have come. */
export function knownKeys(reader: Reader, name: string, column: string): string {
  const parent = reader.datasets[name];
  if (parent === undefined) throw new InvalidInputError(`there is no dataset ${name}`);
  return `(select ${column} from ${reader.table(parent)} p where ${present(reader, parent, 'p')})`;
}
