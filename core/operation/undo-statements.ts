import type { Dataset } from '../contract/dataset.ts';
import { OperationRefusedError } from '../errors.ts';
import { type EvolvedColumn, evolvedValue } from '../merge/evolve.ts';
import { between, maxSqlBytes, type SqlFiles, staged, target, typed } from '../merge/statements.ts';
import { type Databases, equal, fragment, identity, list, silverColumns } from '../merge/tables.ts';
import { literal } from '../sql/literals.ts';
import { renderSql } from '../sql/render.ts';

/** What the statements of one undo are made from. */
export interface UndoText {
  files: SqlFiles;
  dataset: Dataset;
  databases: Databases;
  fileId: string;
  /** Where the file's own rows are staged, if they ever were. */
  stageId: string | undefined;
  /** Numbers of commits that this undo may have made before it lost the table to others: their rows are replaced too. */
  earlier: number[];
}

/** The other files whose rows may come back. */
export interface Others {
  stageIds: string[];
  /** Every column that silver has beside those of the contract. */
  evolved: EvolvedColumn[];
}

/** Athena takes at most this many values of a partition column that is injected into the location. */
const maxInjected = 1000;

const equalOf = (dataset: Dataset, a: string, b: string) =>
  identity(dataset)
    .map((name) => `${a}.${name} = ${b}.${name}`)
    .join(' and ');

/** The rows that the undo takes out. */
function owned({ fileId, earlier }: UndoText): string {
  const file = `t.meta_file_id = ${literal(fileId)}`;
  return earlier.length === 0 ? file : `(${file} or t.meta_batch_seq in (${literal(earlier)}))`;
}

/** Rows under several stage ids: as many literals in each IN as Athena allows. */
function stagedRows({ dataset, databases }: UndoText, select: string, stageIds: string[]): string {
  const branches: string[] = [];
  for (let start = 0; start < stageIds.length; start += maxInjected) {
    const ids = literal(stageIds.slice(start, start + maxInjected));
    branches.push(`select ${select} from ${staged(dataset, databases)} where stage_id in (${ids})`);
  }
  return branches.join('\n      union all\n      ');
}

function affected(text: UndoText): string {
  const { files, dataset, databases, stageId } = text;
  const key = identity(dataset);
  return renderSql(files['silver/undo-affected']!, {
    identifiers: {
      target: target(dataset, databases),
      identity: fragment(list(key)),
      owned: fragment(owned(text)),
      brought: fragment(stageId === undefined ? '' : `union\n${stagedRows(text, typed(dataset, key), [stageId])}`),
    },
  });
}

const ownColumns = (dataset: Dataset) =>
  silverColumns(dataset)
    .map((column) => column.name)
    .filter((name) => name !== 'meta_batch_seq');

const columnsOf = (dataset: Dataset, { evolved }: Others) => [
  ...ownColumns(dataset),
  ...evolved.map(({ name }) => name),
];

/** The MERGE orders by version and row hash; here the version has the hash at its end already. */
const first = (dataset: Dataset) =>
  dataset.key.length > 0 ? 'meta_version desc, meta_file_id desc, meta_record desc' : 'meta_version, meta_file_id';

/** Of each affected identity the row that the other files give; these columns of it, which include its identity. */
function winners(text: UndoText, others: Others, columns: string[]): string {
  const { files, dataset, databases } = text;
  const { stageIds, evolved } = others;
  // No other file has any of the identities: no rows, but the columns.
  if (stageIds.length === 0) return `select ${list(columns)} from ${target(dataset, databases)} where false`;
  const own = columns.filter((name) => !evolved.some((column) => column.name === name));
  const more = evolved.map((column) => `${evolvedValue(column)} as ${column.name}`);
  return renderSql(files['silver/undo-winners']!, {
    identifiers: {
      columns: fragment(list(columns)),
      identity: fragment(list(identity(dataset))),
      first: fragment(first(dataset)),
      staged: fragment(stagedRows(text, [typed(dataset, own), ...more].join(', '), stageIds)),
    },
  });
}

/** Which of these staged files have the row that is chosen among theirs for one of the affected identities. */
export function candidatesQuery(text: UndoText, stageIds: string[]): string {
  const { files, dataset } = text;
  const key = identity(dataset);
  const columns = [...new Set([...key, ...ordering])];
  return renderSql(files['silver/undo-candidates']!, {
    identifiers: {
      stages: fragment(stagedRows(text, 'stage_id', stageIds)),
      staged: fragment(stagedRows(text, `stage_id, ${typed(dataset, columns)}`, stageIds)),
      affected: fragment(affected(text)),
      identity: fragment(list(key)),
      first: fragment(first(dataset)),
    },
  });
}

const ordering = ['meta_version', 'meta_file_id', 'meta_record'];
const partitionColumn = ({ partition }: Dataset) => (partition === undefined ? [] : [partition.column]);

const newer = (dataset: Dataset, winner: string) =>
  fragment(dataset.key.length > 0 ? `or ${winner}.meta_version > t.meta_version` : '');

/** What the undo would change. Throws OperationRefusedError when naming the other files outgrows Athena's limit. */
export function changesQuery(text: UndoText, others: Others): string {
  const { files, dataset, databases } = text;
  // No more than it takes: the staging table may not have every column of the contract yet.
  const columns = [...new Set([...identity(dataset), ...partitionColumn(dataset), ...ordering])];
  const sql = renderSql(files['silver/undo-changes']!, {
    identifiers: {
      target: target(dataset, databases),
      affected: fragment(affected(text)),
      winners: fragment(winners(text, { ...others, evolved: [] }, columns)),
      t_same: fragment(equalOf(dataset, 'a', 't')),
      w_same: fragment(equalOf(dataset, 'a', 'w')),
      owned: fragment(owned(text)),
      newer: newer(dataset, 'w'),
      partition: fragment(partitionName(dataset, 'w')),
    },
  });
  return checkSize(sql, others);
}

/** The MERGE that takes the file out, or the part of it that writes to one range of partitions. */
export function undoStatement(
  text: UndoText,
  others: Others,
  batchSeq: number,
  range: { from: string; to: string } | undefined,
): string {
  const { files, dataset, databases } = text;
  const key = identity(dataset);
  const columns = columnsOf(dataset, others);
  const within =
    range === undefined
      ? ''
      : `where w.meta_file_id is null or (${between(dataset, range, (column) => `w.${column}`)})`;
  const sql = renderSql(files['silver/undo']!, {
    identifiers: {
      target: target(dataset, databases),
      affected: fragment(affected(text)),
      winners: fragment(winners(text, others, columns)),
      chosen: fragment(columns.map((name) => `${key.includes(name) ? 'a' : 'w'}.${name}`).join(', ')),
      same: fragment(equalOf(dataset, 'a', 'w')),
      range: fragment(within),
      match: fragment(equal(key)),
      owned: fragment(owned(text)),
      newer: newer(dataset, 's'),
      assignments: fragment(columns.map((name) => `${name} = s.${name}`).join(', ')),
      columns: fragment(list(columns)),
      values: fragment(list(columns, 's.')),
    },
    literals: { batch_seq: batchSeq },
  });
  return checkSize(sql, others);
}

export function checkQuery({ files, dataset, databases, fileId }: UndoText, batchSeq: number): string {
  return renderSql(files['silver/undo-check']!, {
    identifiers: { target: target(dataset, databases) },
    literals: { file_id: fileId, batch_seq: batchSeq },
  });
}

/** The name of a row's partition, as profiles give it: `YYYY-MM-DD`, `YYYY-MM`, `YYYY`, or the value. */
export function partitionName({ partition }: Dataset, row: string): string {
  if (partition === undefined) return 'cast(null as varchar)';
  const { column, transform } = partition;
  if (transform === 'identity') return `cast(${row}.${column} as varchar)`;
  const day = `cast(cast(${row}.${column} as date) as varchar)`;
  return transform === 'day' ? day : `substr(${day}, 1, ${transform === 'month' ? 7 : 4})`;
}

function checkSize(sql: string, { stageIds }: Others): string {
  const bytes = Buffer.byteLength(sql);
  if (bytes <= maxSqlBytes) return sql;
  throw new OperationRefusedError(
    `rows would come back from ${stageIds.length} files: a statement of ${bytes} bytes, over Athena's ${maxSqlBytes}. ` +
      'See "When there are too many files" in docs/guide/undo-and-replay.md',
  );
}
