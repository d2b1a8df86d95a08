import type { Dataset, Reference } from '../contract/dataset.ts';
import { waitsFor } from '../contract/references.ts';
import { InvalidInputError } from '../errors.ts';
import type { SourceWatermark } from '../ledger/items.ts';
import type { SqlFiles } from '../merge/statements.ts';
import { type Databases, equal, fragment, identity, list, type NamedType, silverColumns } from '../merge/tables.ts';
import {
  currentRows,
  type Datasets,
  heldReferences,
  heldRows,
  historyRows,
  knownKeys,
  noRows,
  nullOf,
  type Reader,
} from '../silver/relations.ts';
import { type Literal, literal, type Scalar } from '../sql/literals.ts';
import { type Fragment, renderSql } from '../sql/render.ts';
import type { Mart } from './mart.ts';

export type { Datasets };
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

/** Rows of a table as of a snapshot; one that never had a snapshot is empty. */
function rowsAt(databases: Databases, dataset: Dataset, watermark: SourceWatermark | undefined, only = 'true'): string {
  if (watermark === undefined || watermark.snapshot_id === null) return noRows(dataset);
  const table = `${silver(databases, dataset.name)} for version as of ${snapshotId(watermark.snapshot_id)}`;
  return `(select ${columnsAt(dataset, watermark)} from ${table} where ${only})`;
}

function snapshotId(text: string): string {
  if (!/^\d{1,19}$/.test(text)) throw new InvalidInputError(`not a snapshot id: ${JSON.stringify(text)}`);
  return text;
}

/** Reads the tables as of these snapshots; of one dataset, if it is named, only some rows. */
const readerAt = ({ datasets, databases }: World, sources: Sources, dataset?: string, only?: string): Reader => ({
  datasets,
  table: (read) => rowsAt(databases, read, sources[read.name], read.name === dataset ? only : undefined),
});

/** What a mart may read of a dataset: `{orders}`, and where there is such a thing `{orders_history}` and `{orders_held}`. */
function relationsOf(reader: Reader, dataset: Dataset): Record<string, Fragment> {
  const { name } = dataset;
  return {
    [name]: fragment(currentRows(reader, dataset)),
    ...(dataset.history === 'scd2' && { [`${name}_history`]: fragment(historyRows(reader, dataset)) }),
    ...(heldReferences(dataset).length > 0 && { [`${name}_held`]: fragment(heldRows(reader, dataset)) }),
  };
}

/**
 * The rows of a source in whose place there is something else now, in one of two worlds, as marts see them. Where every
 * version is kept: all versions of their keys. A batch number tells what has changed; when an operation has removed rows,
 * only the older world has them. Rows identified by their content never change, so they have no other old image.
 */
function changedRows(world: World, dataset: Dataset, before: Sources, now: Sources, at: 'before' | 'now'): string {
  const { name, key, history } = dataset;
  const since = before[name] ?? never;
  const newTable = `${silver(world.databases, name)} for version as of ${snapshotId(now[name]!.snapshot_id!)}`;
  const newer = `meta_batch_seq > ${literal(since.batch_seq)}`;
  const same = list(identity(dataset));
  const gone = `(${same}) not in (select ${same} from ${newTable})`;
  const hasRemoved = (now[name]!.removed_seq ?? 0) > since.batch_seq && since.snapshot_id !== null;
  if (history === 'scd2') {
    const keys = list(key);
    const oldTable = rowsAt(world.databases, dataset, since, gone);
    const touched = [
      `select ${keys} from ${newTable} where ${newer}`,
      ...(hasRemoved ? [`select ${keys} from ${oldTable}`] : []),
    ].join(' union all ');
    const reader = readerAt(world, at === 'now' ? now : before, name, `(${keys}) in (${touched})`);
    return historyRows(reader, dataset);
  }
  if (at === 'now') return currentRows(readerAt(world, now, name, newer), dataset);
  const only = [
    ...(key.length > 0 ? [`(${same}) in (select ${same} from ${newTable} where ${newer})`] : []),
    ...(hasRemoved ? [gone] : []),
  ];
  if (only.length === 0) return noRows(dataset);
  return currentRows(readerAt(world, before, name, `(${only.join(' or ')})`), dataset);
}

const never: SourceWatermark = { snapshot_id: null, batch_seq: 0 };

/** The rows of a source that wait in the one world and count in the other, as marts see them there. */
function admittedRows(world: World, dataset: Dataset, reference: Reference, here: Sources, there: Sources): string {
  const keys = (sources: Sources) => knownKeys(readerAt(world, sources), reference.dataset, reference.parentColumn);
  const only = `${reference.column} in ${keys(here)} and ${reference.column} not in ${keys(there)}`;
  const rows = currentRows(readerAt(world, here, dataset.name, only), dataset);
  return dataset.history === 'scd2' ? historyRows(readerAt(world, here, dataset.name, only), dataset) : rows;
}

function sourceOf(datasets: Datasets, mart: Mart, source: string): Dataset {
  const dataset = datasets[source];
  if (dataset === undefined) throw new InvalidInputError(`sql/gold/${mart.name}.sql: there is no dataset ${source}`);
  return dataset;
}

function relations(world: World, mart: Mart, sources: Sources): Record<string, Fragment> {
  const reader = readerAt(world, sources);
  const all = mart.sources.map((source) => relationsOf(reader, sourceOf(world.datasets, mart, source)));
  return Object.assign({}, ...all);
}

/**
 * The query for the dirty values of a mart's refresh column; null when no source has changed. Each changed source is
 * asked twice, in the world before and in the world after, so that rows that move are found at both ends even when
 * several sources change at once; so are rows whose parent has come, or is gone again.
 */
export function dirtyQuery(world: World, mart: Mart, before: Sources, now: Sources): string | null {
  const hasChanged = (source: string) =>
    now[source]!.snapshot_id !== null && now[source]!.batch_seq > (before[source]?.batch_seq ?? 0);
  const statements = mart.sources.flatMap((source) => {
    const dataset = sourceOf(world.datasets, mart, source);
    const render = (rows: string, sources: Sources) => {
      const identifiers = relations(world, mart, sources);
      return renderSql(
        mart.dirty[source]!,
        { identifiers: { ...identifiers, changed: fragment(rows) } },
        Object.keys(identifiers),
      );
    };
    const own = hasChanged(source)
      ? [
          render(changedRows(world, dataset, before, now, 'now'), now),
          render(changedRows(world, dataset, before, now, 'before'), before),
        ]
      : [];
    const admitted = heldReferences(dataset)
      .filter((reference) => waitsFor(world.datasets, reference.dataset).some(hasChanged))
      .flatMap((reference) => [
        render(admittedRows(world, dataset, reference, now, before), now),
        render(admittedRows(world, dataset, reference, before, now), before),
      ]);
    return [...own, ...admitted];
  });
  if (statements.length === 0) return null;
  return renderSql(world.files['refresh/dirty']!, {
    identifiers: { statements: fragment(statements.map((sql) => `select * from (${sql})`).join('\n  union all\n  ')) },
    literals: { most: maxDirty + 1 },
  });
}

/** The mart's SELECT over its sources as of `now`. */
export function martSelect(world: World, mart: Mart, now: Sources): string {
  const identifiers = relations(world, mart, now);
  return renderSql(mart.select, { identifiers }, Object.keys(identifiers));
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

export function dropView({ files, databases }: World, { name, layer }: Pick<Mart, 'name' | 'layer'>): string {
  return renderSql(files['refresh/drop-view']!, { identifiers: { target: `${databases[layer]}.${name}` } });
}

/** A query without rows that has the columns of the mart's SELECT. */
export function columnsOfMart(world: World, mart: Mart, now: Sources): string {
  return renderSql(world.files['refresh/columns']!, {
    identifiers: { select: fragment(martSelect(world, mart, now)) },
  });
}

/** The mart's SELECT over silver as it is now, and over other marts by their names. */
export function liveSelect({ datasets, databases }: Omit<World, 'files'>, mart: Mart): string {
  const reader: Reader = { datasets, table: ({ name }) => silver(databases, name) };
  const identifiers: Record<string, string | Fragment> = {};
  for (const source of mart.sources) {
    const dataset = datasets[source];
    Object.assign(identifiers, dataset ? relationsOf(reader, dataset) : { [source]: `${databases.gold}.${source}` });
  }
  return renderSql(mart.select, { identifiers }, Object.keys(identifiers));
}

export function createView(world: World, mart: Mart): string {
  return renderSql(world.files['refresh/create-view']!, {
    identifiers: {
      target: `${world.databases[mart.layer]}.${mart.name}`,
      select: fragment(liveSelect(world, mart)),
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
