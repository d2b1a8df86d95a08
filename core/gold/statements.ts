import type { Dataset } from '../contract/dataset.ts';
import { InvalidInputError } from '../errors.ts';
import type { SourceWatermark } from '../ledger/items.ts';
import type { SqlFiles } from '../merge/statements.ts';
import { type Databases, equal, fragment, identity, list, type NamedType } from '../merge/tables.ts';
import { type Literal, literal, type Scalar } from '../sql/literals.ts';
import { type Fragment, renderSql } from '../sql/render.ts';
import type { Mart } from './mart.ts';

export type Datasets = Record<string, Dataset>;
export type Sources = Record<string, SourceWatermark>;

/** Above so many dirty values a mart is recomputed whole: naming them would cost more than it saves. */
export const maxDirty = 5000;

const silver = (databases: Databases, source: string) => `${databases.silver}.${source}`;

/** A source as of a snapshot, without deleted rows; a source that never had a snapshot is empty. */
function relation(databases: Databases, source: string, watermark: SourceWatermark | undefined): string {
  const table = silver(databases, source);
  const snapshot = watermark?.snapshot_id ?? null;
  if (snapshot === null) return `(select * from ${table} where false)`;
  return `(select * from ${table} for version as of ${snapshotId(snapshot)} where not meta_deleted)`;
}

function snapshotId(text: string): string {
  if (!/^\d{1,19}$/.test(text)) throw new InvalidInputError(`not a snapshot id: ${JSON.stringify(text)}`);
  return text;
}

/** Rows of a source that changed after `since`, as they are at `now`. */
function changedNow(databases: Databases, source: string, since: number, now: SourceWatermark): string {
  const table = silver(databases, source);
  return `(select * from ${table} for version as of ${snapshotId(now.snapshot_id!)} where meta_batch_seq > ${literal(since)} and not meta_deleted)`;
}

/** The same rows as they were at `before`. Rows identified by their content never change, so they have no old image. */
function changedBefore(databases: Databases, dataset: Dataset, before: SourceWatermark, now: SourceWatermark): string {
  const table = silver(databases, dataset.name);
  if (before.snapshot_id === null || dataset.key.length === 0) return `(select * from ${table} where false)`;
  const key = list(identity(dataset));
  return (
    `(select * from ${table} for version as of ${snapshotId(before.snapshot_id)} where not meta_deleted and (${key}) in ` +
    `(select ${key} from ${table} for version as of ${snapshotId(now.snapshot_id!)} where meta_batch_seq > ${literal(before.batch_seq)}))`
  );
}

function relations(databases: Databases, mart: Mart, sources: Sources): Record<string, Fragment> {
  return Object.fromEntries(
    mart.sources.map((source) => [source, fragment(relation(databases, source, sources[source]))]),
  );
}

/**
 * The query for the dirty values of a mart's refresh column; null when no source has changed. Each changed source is
 * asked twice, in the world before and in the world after, so that rows that move are found at both ends even when
 * several sources change at once.
 */
export function dirtyQuery(
  files: SqlFiles,
  mart: Mart,
  datasets: Datasets,
  databases: Databases,
  before: Sources,
  now: Sources,
): string | null {
  const changed = mart.sources.filter((source) => {
    const { snapshot_id, batch_seq } = now[source]!;
    return snapshot_id !== null && batch_seq > (before[source]?.batch_seq ?? 0);
  });
  const statements = changed.flatMap((source) => {
    const since = before[source] ?? { snapshot_id: null, batch_seq: 0 };
    const render = (changedRows: string, world: Sources) =>
      renderSql(
        mart.dirty[source]!,
        { identifiers: { ...relations(databases, mart, world), changed: fragment(changedRows) } },
        mart.sources,
      );
    return [
      render(changedNow(databases, source, since.batch_seq, now[source]!), now),
      render(changedBefore(databases, datasets[source]!, since, now[source]!), before),
    ];
  });
  if (statements.length === 0) return null;
  return renderSql(files['refresh/dirty']!, {
    identifiers: { statements: fragment(statements.map((sql) => `select * from (${sql})`).join('\n  union all\n  ')) },
    literals: { most: maxDirty + 1 },
  });
}

/** The mart's SELECT over its sources as of `now`. */
export function martSelect(mart: Mart, databases: Databases, now: Sources): string {
  return renderSql(mart.select, { identifiers: relations(databases, mart, now) });
}

export function createMart(files: SqlFiles, mart: Mart, databases: Databases, now: Sources, lake: string): string {
  const { refresh } = mart;
  return renderSql(files['refresh/create-mart']!, {
    identifiers: {
      target: `${databases.gold}.${mart.name}`,
      select: fragment(martSelect(mart, databases, now)),
      partitioning: fragment(
        refresh.kind === 'partition' ? `, partitioning = array[${literal(`year(${refresh.column})`)}]` : '',
      ),
    },
    literals: { location: `s3://${lake}/gold/${mart.name}/` },
  });
}

export function dropMart(files: SqlFiles, mart: Mart, databases: Databases): string {
  return renderSql(files['refresh/drop-mart']!, { identifiers: { target: `${databases.gold}.${mart.name}` } });
}

/** A query without rows that has the columns of the mart's SELECT. */
export function columnsOfMart(files: SqlFiles, mart: Mart, databases: Databases, now: Sources): string {
  return renderSql(files['refresh/columns']!, { identifiers: { select: fragment(martSelect(mart, databases, now)) } });
}

/** A view reads silver as it is now, and other marts by their names. */
export function createView(files: SqlFiles, mart: Mart, datasets: Datasets, databases: Databases): string {
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
  files: SqlFiles,
  mart: Mart,
  databases: Databases,
  columns: NamedType[],
  now: Sources,
  dirty: string[] | undefined,
): string {
  const names = columns.map((column) => column.name);
  const unknown = mart.key.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new InvalidInputError(`sql/gold/${mart.name}.sql: the SELECT has no key column ${unknown.join(', ')}`);
  const select = martSelect(mart, databases, now);
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
