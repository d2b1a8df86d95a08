import type { Dataset } from '../contract/dataset.ts';
import { InvalidInputError } from '../errors.ts';
import type { SourceWatermark } from '../ledger/items.ts';
import type { SqlFiles } from '../merge/statements.ts';
import { type Databases, equal, fragment, identity, list, type NamedType, silverColumns } from '../merge/tables.ts';
import { type Literal, literal, type Scalar } from '../sql/literals.ts';
import { type Fragment, renderSql } from '../sql/render.ts';
import type { Mart } from './mart.ts';

export type Datasets = Record<string, Dataset>;
export type Sources = Record<string, SourceWatermark>;

/** What every statement of gold is made from. */
export interface World {
  files: SqlFiles;
  datasets: Datasets;
  databases: Databases;
}

/** Above so many dirty values a mart is recomputed whole: naming them would cost more than it saves. */
export const maxDirty = 5000;

const silver = (databases: Databases, source: string) => `${databases.silver}.${source}`;

/**
 * The columns of a source's contract as its snapshot has them: one that came later is null in it, since a snapshot is
 * read with the columns of its own time.
 */
function columnsAt(dataset: Dataset, watermark: SourceWatermark): string {
  const columns = silverColumns(dataset).map(({ name, type }) =>
    (watermark.columns?.includes(name) ?? true) ? name : `${nullOf(type)} as ${name}`,
  );
  return columns.join(', ');
}

const nullOf = (type: string) => `cast(null as ${{ string: 'varchar', timestamp: 'timestamp(6)' }[type] ?? type})`;

/** No rows, but the columns of the contract. */
const nothing = (dataset: Dataset) =>
  `(select ${silverColumns(dataset)
    .map(({ name, type }) => `${nullOf(type)} as ${name}`)
    .join(', ')} where false)`;

/** Rows of a source as of a snapshot, without deleted ones; a source that never had a snapshot is empty. */
function rowsAt(databases: Databases, dataset: Dataset, watermark: SourceWatermark | undefined, only = 'true'): string {
  if (watermark === undefined || watermark.snapshot_id === null) return nothing(dataset);
  const table = `${silver(databases, dataset.name)} for version as of ${snapshotId(watermark.snapshot_id)}`;
  return `(select ${columnsAt(dataset, watermark)} from ${table} where not meta_deleted and ${only})`;
}

function snapshotId(text: string): string {
  if (!/^\d{1,19}$/.test(text)) throw new InvalidInputError(`not a snapshot id: ${JSON.stringify(text)}`);
  return text;
}

/** Rows of a source that changed after `since`, as they are at `now`. */
const changedNow = (databases: Databases, dataset: Dataset, since: number, now: SourceWatermark) =>
  rowsAt(databases, dataset, now, `meta_batch_seq > ${literal(since)}`);

/**
 * The same rows as they were at `before`, and, when an operation has removed rows since, those that are not there any
 * more: no batch number tells of them. Rows identified by their content never change, so they have no other old image.
 */
function changedBefore(databases: Databases, dataset: Dataset, before: SourceWatermark, now: SourceWatermark): string {
  const key = list(identity(dataset));
  const table = `${silver(databases, dataset.name)} for version as of ${snapshotId(now.snapshot_id!)}`;
  const changed = `(${key}) in (select ${key} from ${table} where meta_batch_seq > ${literal(before.batch_seq)})`;
  const removed = `(${key}) not in (select ${key} from ${table})`;
  const only = [
    ...(dataset.key.length > 0 ? [changed] : []),
    ...((now.removed_seq ?? 0) > before.batch_seq ? [removed] : []),
  ];
  return only.length === 0 ? nothing(dataset) : rowsAt(databases, dataset, before, `(${only.join(' or ')})`);
}

function sourceOf(datasets: Datasets, mart: Mart, source: string): Dataset {
  const dataset = datasets[source];
  if (dataset === undefined) throw new InvalidInputError(`sql/gold/${mart.name}.sql: there is no dataset ${source}`);
  return dataset;
}

function relations({ datasets, databases }: World, mart: Mart, sources: Sources): Record<string, Fragment> {
  return Object.fromEntries(
    mart.sources.map((source) => [
      source,
      fragment(rowsAt(databases, sourceOf(datasets, mart, source), sources[source])),
    ]),
  );
}

/**
 * The query for the dirty values of a mart's refresh column; null when no source has changed. Each changed source is
 * asked twice, in the world before and in the world after, so that rows that move are found at both ends even when
 * several sources change at once.
 */
export function dirtyQuery(world: World, mart: Mart, before: Sources, now: Sources): string | null {
  const changed = mart.sources.filter((source) => {
    const { snapshot_id, batch_seq } = now[source]!;
    return snapshot_id !== null && batch_seq > (before[source]?.batch_seq ?? 0);
  });
  const statements = changed.flatMap((source) => {
    const since = before[source] ?? { snapshot_id: null, batch_seq: 0 };
    const dataset = sourceOf(world.datasets, mart, source);
    const render = (changedRows: string, sources: Sources) =>
      renderSql(
        mart.dirty[source]!,
        { identifiers: { ...relations(world, mart, sources), changed: fragment(changedRows) } },
        mart.sources,
      );
    return [
      render(changedNow(world.databases, dataset, since.batch_seq, now[source]!), now),
      render(changedBefore(world.databases, dataset, since, now[source]!), before),
    ];
  });
  if (statements.length === 0) return null;
  return renderSql(world.files['refresh/dirty']!, {
    identifiers: { statements: fragment(statements.map((sql) => `select * from (${sql})`).join('\n  union all\n  ')) },
    literals: { most: maxDirty + 1 },
  });
}

/** The mart's SELECT over its sources as of `now`. */
export function martSelect(world: World, mart: Mart, now: Sources): string {
  return renderSql(mart.select, { identifiers: relations(world, mart, now) });
}

export function createMart(world: World, mart: Mart, now: Sources, lake: string): string {
  const { files, databases } = world;
  const { refresh } = mart;
  return renderSql(files['refresh/create-mart']!, {
    identifiers: {
      target: `${databases.gold}.${mart.name}`,
      select: fragment(martSelect(world, mart, now)),
      partitioning: fragment(
        refresh.kind === 'partition' ? `, partitioning = array[${literal(`year(${refresh.column})`)}]` : '',
      ),
    },
    literals: { location: `s3://${lake}/gold/${mart.name}/` },
  });
}

export function dropMart({ files, databases }: World, mart: Mart): string {
  return renderSql(files['refresh/drop-mart']!, { identifiers: { target: `${databases.gold}.${mart.name}` } });
}

/** A query without rows that has the columns of the mart's SELECT. */
export function columnsOfMart(world: World, mart: Mart, now: Sources): string {
  return renderSql(world.files['refresh/columns']!, {
    identifiers: { select: fragment(martSelect(world, mart, now)) },
  });
}

/** A view reads silver as it is now, and other marts by their names. */
export function createView({ files, datasets, databases }: World, mart: Mart): string {
  const identifiers = Object.fromEntries(
    mart.sources.map((source) => [
      source,
      source in datasets
        ? fragment(`(select * from ${silver(databases, source)} where not meta_deleted)`)
        : `${databases.gold}.${source}`,
    ]),
  );
  return renderSql(files['refresh/create-view']!, {
    identifiers: {
      target: `${databases.gold}.${mart.name}`,
      select: fragment(renderSql(mart.select, { identifiers })),
    },
  });
}

/**
 * The MERGE that brings a mart up to date. `dirty` are values of the refresh column as text; undefined: all rows.
 * `columns` are those of the gold table.
 */
export function mergeMart(
  world: World,
  mart: Mart,
  columns: NamedType[],
  now: Sources,
  dirty: string[] | undefined,
): string {
  const { files, databases } = world;
  const names = columns.map((column) => column.name);
  const unknown = mart.key.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new InvalidInputError(`sql/gold/${mart.name}.sql: the SELECT has no key column ${unknown.join(', ')}`);
  const select = martSelect(world, mart, now);
  const only = dirty === undefined ? (_: string) => '' : restriction(mart, columns, dirty);
  const others = names.filter((name) => !mart.key.includes(name));
  return renderSql(files['refresh/merge-mart']!, {
    identifiers: {
      target: `${databases.gold}.${mart.name}`,
      fresh: fragment(dirty === undefined ? select : `select * from (${select}) where ${only('')}`),
      existing: fragment(dirty === undefined ? '' : `where ${only('')}`),
      prune: fragment(dirty === undefined ? '' : `and ${only('t.')}`),
      key: fragment(list(mart.key)),
      columns: fragment(list(names)),
      guarded: fragment(
        columns.map((column) => (mart.key.includes(column.name) ? guarded(mart, column) : column.name)).join(', '),
      ),
      same_key: fragment(mart.key.map((name) => `f.${name} = e.${name}`).join(' and ')),
      merged_columns: fragment(
        names
          .map((name) => (mart.key.includes(name) ? `coalesce(f.${name}, e.${name}) as ${name}` : `f.${name}`))
          .join(', '),
      ),
      match: fragment(equal(mart.key)),
      changed: fragment(others.map((name) => `t.${name} is distinct from s.${name}`).join(' or ') || 'false'),
      assignments: fragment(names.map((name) => `${name} = s.${name}`).join(', ')),
      values: fragment(list(names, 's.')),
    },
  });
}

/** `<column> in (…)` on the refresh column, typed as the gold table has it. */
function restriction(mart: Mart, columns: NamedType[], dirty: string[]): (prefix: string) => string {
  const { column } = mart.refresh as { column: string };
  const type = columns.find(({ name }) => name === column)!.type;
  const values: Literal = dirty.map((text) => typedLiteral(mart, type, text));
  return (prefix) => `${prefix}${column} in (${literal(values)})`;
}

function typedLiteral(mart: Mart, type: string, text: string): Scalar {
  if (type === 'date') return { date: text };
  if (type === 'string' || type.startsWith('varchar')) return text;
  if (['int', 'integer', 'bigint', 'smallint', 'tinyint'].includes(type)) return BigInt(text);
  throw new InvalidInputError(
    `sql/gold/${mart.name}.sql: a refresh column of type ${type} is not supported; use date, string or an integer`,
  );
}

/** A null key would match no row and be counted again at every refresh; so it fails the query, saying so. */
function guarded(mart: Mart, { name, type }: NamedType): string {
  const message = `key column ${name} of mart ${mart.name} is null: give it a value in sql/gold/${mart.name}.sql`;
  const sqlType = type === 'string' ? 'varchar' : type;
  return `if(${name} is null, cast(cast(cast(${literal(message)} as bigint) as varchar) as ${sqlType}), ${name}) as ${name}`;
}
