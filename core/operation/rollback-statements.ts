import type { Dataset } from '../contract/dataset.ts';
import { InvalidInputError, OperationRefusedError } from '../errors.ts';
import { between, type SqlFiles, target } from '../merge/statements.ts';
import { type Databases, fragment, identity, list } from '../merge/tables.ts';
import { renderSql } from '../sql/render.ts';
import { partitionName } from './undo-statements.ts';

/** What the statements of one rollback are made from. */
export interface RollbackText {
  files: SqlFiles;
  dataset: Dataset;
  databases: Databases;
  snapshot: string;
  /** Columns that the snapshot has, and those that silver has now. */
  oldColumns: string[];
  columns: string[];
}

type Place = Pick<RollbackText, 'files' | 'dataset' | 'databases'>;

export function snapshotsQuery({ files, dataset, databases }: Place): string {
  const about = (name: string) => fragment(`${databases.silver}."${dataset.name}$${name}"`);
  return renderSql(files['silver/rollback-snapshots']!, {
    identifiers: { snapshots: about('snapshots'), history: about('history') },
  });
}

export function columnsQuery({ files, dataset, databases }: Place, snapshot: string): string {
  return renderSql(files['silver/rollback-columns']!, {
    identifiers: { target: target(dataset, databases), snapshot: snapshotId(snapshot) },
  });
}

/** Ids have 64 bits, more than a JavaScript number keeps: they are text here, and decimal digits in SQL. */
function snapshotId(text: string) {
  if (!/^\d{1,19}$/.test(text)) throw new InvalidInputError(`not a snapshot id: ${JSON.stringify(text)}`);
  return fragment(text);
}

const rowColumns = (columns: string[]) => columns.filter((name) => name !== 'meta_batch_seq');

/** Throws OperationRefusedError for a snapshot that does not have the columns by which rows are told apart now. */
function differences(text: RollbackText, select: string): string {
  const { files, dataset, databases } = text;
  const [now, old] = [rowColumns(text.columns), rowColumns(text.oldColumns)];
  const key = identity(dataset);
  const lacking = key.filter((name) => !old.includes(name));
  if (lacking.length > 0) {
    throw new OperationRefusedError(
      `snapshot ${text.snapshot} of silver.${dataset.name} has no column ${lacking.join(', ')}, by which its rows are told apart now`,
    );
  }
  const others = now.filter((name) => !key.includes(name));
  const differs = others.map((name) =>
    old.includes(name) ? `o.${name} is distinct from n.${name}` : `n.${name} is not null`,
  );
  return renderSql(files['silver/rollback-differences']!, {
    identifiers: {
      target: target(dataset, databases),
      snapshot: snapshotId(text.snapshot),
      old_columns: fragment(list(old)),
      columns: fragment(list(now)),
      same: fragment(key.map((name) => `o.${name} = n.${name}`).join(' and ')),
      identity: key[0]!,
      differs: fragment(differs.join('\n  or ')),
      select: fragment(select),
    },
  });
}

/** What bringing the table back would change; no rows when there is nothing to change. */
export function changesQuery(text: RollbackText): string {
  const { files, dataset } = text;
  const [first] = identity(dataset);
  const change = `case when o.${first} is null then 'gone' when n.${first} is null then 'back' else 'changed' end`;
  const select = `${change} as meta_change, ${partitionName(dataset, 'o')} as meta_partition`;
  return renderSql(files['silver/rollback-changes']!, {
    identifiers: { differences: fragment(differences(text, select)) },
  });
}

/** The MERGE that brings the table back, or the part of it that writes to one range of partitions. */
export function rollbackStatement(
  text: RollbackText,
  batchSeq: number,
  range: { from: string; to: string } | undefined,
): string {
  const { files, dataset, databases } = text;
  const key = identity(dataset);
  const [now, old] = [rowColumns(text.columns), rowColumns(text.oldColumns)];
  const chosen = old.map((name) => (key.includes(name) ? `coalesce(o.${name}, n.${name}) as ${name}` : `o.${name}`));
  const select = `${chosen.join(', ')}, o.${key[0]} is null as meta_gone`;
  const column = dataset.partition?.column;
  const within =
    range === undefined ? '' : `where meta_gone or ${column} is null or (${between(dataset, range, (name) => name)})`;
  const given = (name: string) => `${name} = ${old.includes(name) ? `s.${name}` : 'null'}`;
  return renderSql(files['silver/rollback']!, {
    identifiers: {
      target: target(dataset, databases),
      differences: fragment(differences(text, select)),
      range: fragment(within),
      match: fragment(key.map((name) => `t.${name} = s.${name}`).join(' and ')),
      assignments: fragment(now.map(given).join(', ')),
      columns: fragment(list(old)),
      values: fragment(list(old, 's.')),
    },
    literals: { batch_seq: batchSeq },
  });
}
