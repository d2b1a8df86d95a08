import type { Dataset } from '../contract/dataset.ts';
import { OperationRefusedError } from '../errors.ts';
import { martsOf } from '../gold/mart.ts';
import { runQuery } from '../run-query.ts';
import { writeOperation } from './item.ts';
import type { ChangedFiles } from './rollback-files.ts';
import type { ReportedRollback, RollbackItem, RollbackRows } from './rollback-item.ts';
import { changesQuery, columnsQuery, type RollbackText } from './rollback-statements.ts';
import { runStatement } from './statement.ts';
import type { UndoPorts } from './undo.ts';
import { rangesOf } from './undo-weigh.ts';

/** Files named in a report; it says how many there are in all. */
const maxNamed = 20;

export const rollbackText = (ports: UndoPorts, dataset: Dataset, item: RollbackItem): RollbackText => ({
  files: ports.files,
  dataset,
  databases: ports.databases,
  snapshot: item.snapshot_id,
  oldColumns: item.old_columns!,
  columns: item.columns!,
});

/** Finds out which rows bringing the table back changes. Reads only; as far as the time allows. */
export async function weighRollback(
  ports: UndoPorts,
  dataset: Dataset,
  given: RollbackItem,
  deadline: number,
): Promise<{ outcome: 'running' | 'done'; item: RollbackItem }> {
  let item = given;
  if (item.rows !== undefined) return { outcome: 'done', item };
  if (item.old_columns === undefined)
    item = await writeOperation(ports, { ...item, ...(await columnsOf(ports, dataset, item)) });
  const counted = await countChanges(ports, dataset, item, 'changes', deadline);
  if (counted.outcome === 'running') return counted;
  const { rows, ranges } = counted;
  return { outcome: 'done', item: await writeOperation(ports, { ...counted.item, rows, ranges }) };
}

async function columnsOf(ports: UndoPorts, dataset: Dataset, { snapshot_id }: RollbackItem) {
  const { athena, clock, files, databases, catalog } = ports;
  const columns = await catalog.columns(databases.silver, dataset.name);
  if (columns === undefined) throw new OperationRefusedError(`there is no table silver.${dataset.name} to bring back`);
  const sql = columnsQuery({ files, dataset, databases }, snapshot_id);
  const what = `asking for the columns of snapshot ${snapshot_id} of silver.${dataset.name}`;
  const { queryId } = await runQuery(athena, clock, what, sql);
  const old = await athena.columns(queryId);
  return { old_columns: old.map(({ name }) => name), columns: columns.map(({ name }) => name) };
}

type Counted =
  | { outcome: 'running'; item: RollbackItem }
  | { outcome: 'done'; item: RollbackItem; rows: RollbackRows; ranges: { from: string; to: string }[] };

/** Counts the rows in which silver and the snapshot differ. */
export async function countChanges(
  ports: UndoPorts,
  dataset: Dataset,
  item: RollbackItem,
  step: string,
  deadline: number,
): Promise<Counted> {
  const what = `comparing silver.${dataset.name} with its snapshot ${item.snapshot_id}`;
  const asked = await runStatement(ports, item, step, what, changesQuery(rollbackText(ports, dataset, item)), deadline);
  if (asked.outcome === 'running') return { outcome: 'running', item: asked.item };
  const groups = (await ports.athena.rows(asked.queryId)).map(([change, partition, byPartition, rows]) => ({
    change,
    partition: partition ?? null,
    byPartition: byPartition === '1',
    rows: Number(rows),
  }));
  const of = (kind: string) => groups.find(({ byPartition, change }) => !byPartition && change === kind)?.rows ?? 0;
  const rows = { gone_rows: of('gone'), back_rows: of('back'), changed_rows: of('changed') };
  return { outcome: 'done', item: asked.item, rows, ranges: rangesOf(groups) };
}

export const isSame = ({ gone_rows, back_rows, changed_rows }: RollbackRows) =>
  gone_rows + back_rows + changed_rows === 0;

/** What is told of the files. */
export function filesTold({ out, back }: ChangedFiles): RollbackItem['files'] {
  const named = ({ file_id, key }: { file_id: string; key: string }) => ({ file_id, key });
  return {
    files_out: out.length,
    files_back: back.length,
    out: out.slice(0, maxNamed).map(named),
    back: back.slice(0, maxNamed).map(({ file }) => named(file)),
  };
}

export function reportedRollback(
  { marts }: UndoPorts,
  { dataset, rows, files }: RollbackItem,
): ReportedRollback | undefined {
  if (rows === undefined || files === undefined) return undefined;
  return { ...rows, ...files, marts: martsOf(marts, dataset).map((mart) => mart.name) };
}
