import type { Dataset } from '../contract/dataset.ts';
import type { FileItem } from '../ledger/items.ts';
import type { Lake } from '../merge/ensure.ts';
import { limits, ranges } from '../merge/plan.ts';
import { writeOperation } from './item.ts';
import { type OperationPorts, runStatement } from './statement.ts';
import type { Changes, UndoItem } from './undo-item.ts';
import { searchFiles } from './undo-search.ts';
import { changesQuery, type Others, type UndoText } from './undo-statements.ts';

/** Files named in a report; it says how many there are in all. */
const maxNamed = 20;

export const undoText = (ports: Lake, dataset: Dataset, file: FileItem, item: UndoItem): UndoText => ({
  files: ports.files,
  dataset,
  databases: ports.databases,
  fileId: file.file_id,
  stageId: file.stage_id,
  earlier: item.earlier,
});

/** The files that rows may come back from, as the ledger has them now. */
export async function candidates({ ledger }: OperationPorts, item: UndoItem): Promise<FileItem[]> {
  return ledger.getMany<FileItem>((item.search?.file_ids ?? []).map((id) => ({ pk: `file#${id}`, sk: 'file' })));
}

export const stagesOf = (files: FileItem[]): string[] => files.map((file) => file.stage_id!).sort();

/** Finds out what taking the file out changes. Reads only; as far as the time allows. */
export async function weigh(
  ports: OperationPorts & Lake,
  dataset: Dataset,
  file: FileItem,
  given: UndoItem,
  deadline: number,
): Promise<{ outcome: 'running' | 'done'; item: UndoItem }> {
  if (given.changes !== undefined) return { outcome: 'done', item: given };
  if (!(await ports.catalog.exists(ports.databases.silver, dataset.name))) {
    return { outcome: 'done', item: await writeOperation(ports, { ...given, changes: changesOf([]) }) };
  }
  const text = undoText(ports, dataset, file, given);
  const searched = await searchFiles(ports, dataset, text, given, deadline);
  if (searched.outcome === 'running') return searched;
  const others: Others = { stageIds: stagesOf(await candidates(ports, searched.item)), evolved: [] };
  const what = `counting what an undo of file ${file.file_id} changes in silver.${dataset.name}`;
  const sql = changesQuery(text, others);
  const counted = await runStatement(ports, searched.item, 'changes', what, sql, deadline);
  if (counted.outcome === 'running') return { outcome: 'running', item: counted.item };
  const rows = (await ports.athena.rows(counted.queryId)).map(readRow);
  const found = { changes: changesOf(rows), ranges: rangesOf(rows) };
  return { outcome: 'done', item: await writeOperation(ports, { ...counted.item, ...found }) };
}

interface Group {
  from: string | null;
  partition: string | null;
  byPartition: boolean;
  rows: number;
  owned: number;
}

const readRow = ([from, partition, byPartition, rows, owned]: (string | null)[]): Group => ({
  from: from ?? null,
  partition: partition ?? null,
  byPartition: byPartition === '1',
  rows: Number(rows),
  owned: Number(owned),
});

const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0);

function changesOf(groups: Group[]): Changes {
  const byFile = groups.filter((group) => !group.byPartition);
  const back = byFile.filter((group) => group.from !== null).sort((a, b) => b.rows - a.rows);
  return {
    owned_rows: sum(byFile.map(({ owned }) => owned)),
    gone_rows: sum(byFile.filter(({ from }) => from === null).map(({ rows }) => rows)),
    back_rows: sum(back.map(({ rows }) => rows)),
    back_files: back.length,
    back_from: back.slice(0, maxNamed).map(({ from, rows }) => ({ file_id: from!, rows })),
  };
}

/** Rows that come back to more partitions than one statement may write to come in several. */
export function rangesOf(groups: Pick<Group, 'byPartition' | 'partition'>[]): { from: string; to: string }[] {
  const partitions = groups.flatMap(({ byPartition, partition }) =>
    byPartition && partition !== null ? [partition] : [],
  );
  if (partitions.length <= limits.partitions) return [];
  // By bytes, as the engine compares text.
  partitions.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return ranges(partitions, limits.partitions);
}
