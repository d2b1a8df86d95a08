import type { Dataset } from '../contract/dataset.ts';
import { InvalidInputError } from '../errors.ts';
import { literal } from '../sql/literals.ts';
import { renderSql } from '../sql/render.ts';
import { type EvolvedColumn, evolvedValue } from './evolve.ts';
import {
  type Databases,
  equal,
  fragment,
  identity,
  list,
  type NamedType,
  silverColumns,
  stagingColumns,
} from './tables.ts';

/** Texts of the files under `sql/`, by path without `sql/` and `.sql`: `silver/merge-by-key`. */
export type SqlFiles = Record<string, string>;

/** Athena's limit on a query's text, in bytes. */
export const maxSqlBytes = 262_144;

export interface BatchText {
  stageIds: string[];
  batchSeq: number;
  /** Partition range of this statement, for a file wider than one statement may write. */
  range?: { from: string; to: string };
  /** First and last partition of the batch, when known. */
  bounds?: { from: string; to: string };
  /** Every column that silver has beside those of the contract: a newer version of a row leaves nothing of the older. */
  evolved?: EvolvedColumn[];
}

export const target = (dataset: Dataset, databases: Databases) => `${databases.silver}.${dataset.name}`;
export const staged = (dataset: Dataset, databases: Databases) => `${databases.staging}.${dataset.name}`;

/** The MERGE of one batch, or of one partition range of it. Throws InvalidInputError when it outgrows Athena's limit. */
export function mergeStatement(files: SqlFiles, dataset: Dataset, databases: Databases, batch: BatchText): string {
  const evolved = batch.evolved ?? [];
  const own = silverColumns(dataset)
    .map((column) => column.name)
    .filter((name) => name !== 'meta_batch_seq');
  const columns = [...own, ...evolved.map(({ name }) => name)];
  const byKey = dataset.key.length > 0;
  const sql = renderSql(files[byKey ? 'silver/merge-by-key' : 'silver/merge-by-content']!, {
    identifiers: {
      target: target(dataset, databases),
      staged: staged(dataset, databases),
      staged_columns: fragment(list(stagingColumns(dataset).map((column) => column.name))),
      columns: fragment(list(columns)),
      typed: fragment(
        [typed(dataset, own), ...evolved.map((column) => `${evolvedValue(column)} as ${column.name}`)].join(', '),
      ),
      values: fragment(list(columns, 's.')),
      range: fragment(
        batch.range === undefined ? '' : `and ${between(dataset, batch.range, (c) => stagedPartition(dataset, c))}`,
      ),
      ...(byKey
        ? {
            identity: fragment(list(identity(dataset))),
            match: fragment(equal(identity(dataset))),
            assignments: fragment(columns.map((name) => `${name} = s.${name}`).join(', ')),
          }
        : { prune: fragment(prune(dataset, batch.range ?? batch.bounds)) }),
    },
    literals: { stage_ids: batch.stageIds, batch_seq: batch.batchSeq },
  });
  const bytes = Buffer.byteLength(sql);
  if (bytes > maxSqlBytes) throw new InvalidInputError(`a MERGE of ${bytes} bytes is over Athena's ${maxSqlBytes}`);
  return sql;
}

/** Silver columns, made from the staged ones. */
export function typed(dataset: Dataset, columns: string[]): string {
  return columns
    .map((name) => {
      if (name === 'meta_version') return "meta_version || '|' || meta_row_hash as meta_version";
      if (name === 'meta_row_id') return "meta_row_hash || '-' || cast(meta_occurrence as varchar) as meta_row_id";
      return isTimestamp(dataset, name) ? `${timestampOf(name)} as ${name}` : name;
    })
    .join(', ');
}

const isTimestamp = (dataset: Dataset, name: string) =>
  dataset.columns.find((column) => column.name === name)?.type.kind === 'timestamp';

/** Microseconds since 1970 as timestamp(6) in UTC; through a decimal, since nanoseconds overflow a bigint in 2262. */
const timestampOf = (name: string) =>
  `cast(from_unixtime_nanos(cast(${name} as decimal(38, 0)) * 1000) at time zone 'UTC' as timestamp(6))`;

const stagedPartition = (dataset: Dataset, column: string) =>
  isTimestamp(dataset, column) ? timestampOf(column) : column;

const nextYear = (year: string) => String(Number(year) + 1).padStart(4, '0');

/** First instant after a partition named `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as `YYYY-MM-DD`; undefined after 9999. */
export function afterPartition(partition: string): string | undefined {
  if (!/^\d{4}(-\d\d){0,2}$/.test(partition)) throw new InvalidInputError(`not a partition of a date: ${partition}`);
  const [year, month, day] = partition.split('-') as [string, string?, string?];
  if (day !== undefined) {
    const next = new Date(Date.parse(`${partition}T00:00:00Z`) + 86_400_000).toISOString();
    return next.startsWith('+') ? undefined : next.slice(0, 10);
  }
  if (month !== undefined && month !== '12') return `${year}-${String(Number(month) + 1).padStart(2, '0')}-01`;
  return year === '9999' ? undefined : `${nextYear(year)}-01-01`;
}

const firstDay = (partition: string) => `${partition}-01-01`.slice(0, 10);

/** The condition that a row lies in an inclusive range of partitions. */
export function between(
  dataset: Dataset,
  range: { from: string; to: string },
  expression: (column: string) => string,
): string {
  const { column, transform } = dataset.partition!;
  const value = expression(column);
  if (transform === 'identity') {
    return `cast(${value} as varchar) >= ${literal(range.from)} and cast(${value} as varchar) <= ${literal(range.to)}`;
  }
  const isDate = dataset.columns.find((candidate) => candidate.name === column)?.type.kind === 'date';
  const bound = (date: string) => literal(isDate ? { date } : { timestamp: `${date} 00:00:00` });
  const end = afterPartition(range.to);
  return `${value} >= ${bound(firstDay(range.from))}${end === undefined ? '' : ` and ${value} < ${bound(end)}`}`;
}

function prune(dataset: Dataset, bounds: { from: string; to: string } | undefined): string {
  if (bounds === undefined || dataset.partition === undefined) return '';
  return `and ${between(dataset, bounds, (column) => `t.${column}`)}`;
}

/** DDL of the silver table. `lake` is the lake bucket. */
export function createSilverTable(files: SqlFiles, dataset: Dataset, databases: Databases, lake: string): string {
  return renderSql(files['silver/create-table']!, {
    identifiers: {
      target: target(dataset, databases),
      columns: fragment(
        silverColumns(dataset)
          .map(({ name, type }) => `${name} ${type}`)
          .join(',\n  '),
      ),
      partitioning: fragment(partitioning(dataset)),
    },
    literals: { location: `s3://${lake}/silver/${dataset.name}/` },
  });
}

/** DDL that adds columns to the silver table. */
export function addColumns(files: SqlFiles, dataset: Dataset, databases: Databases, columns: NamedType[]): string {
  return renderSql(files['silver/add-columns']!, {
    identifiers: {
      target: target(dataset, databases),
      columns: fragment(columns.map(({ name, type }) => `${name} ${type}`).join(', ')),
    },
  });
}

function partitioning({ partition }: Dataset): string {
  if (partition === undefined) return '';
  const { column, transform } = partition;
  return `partitioned by (${transform === 'identity' ? column : `${transform}(${column})`})`;
}

/** The query that counts a batch's staged rows and those that silver lacks. */
export function conservationQuery(files: SqlFiles, dataset: Dataset, databases: Databases, stageIds: string[]): string {
  const key = identity(dataset);
  const byKey = dataset.key.length > 0;
  return renderSql(files['silver/conservation']!, {
    identifiers: {
      target: target(dataset, databases),
      staged: staged(dataset, databases),
      match: fragment(equal(key)),
      identity: fragment(key[0]!),
      newer: fragment(byKey ? 'and t.meta_version >= s.meta_version' : ''),
      staged_columns: fragment(typed(dataset, byKey ? [...key, 'meta_version'] : key)),
    },
    literals: { stage_ids: stageIds },
  });
}
