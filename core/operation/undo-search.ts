import type { Dataset } from '../contract/dataset.ts';
import { OperationRefusedError } from '../errors.ts';
import type { FileItem, StagedItem } from '../ledger/items.ts';
import type { Key } from '../ledger/store.ts';
import { getTable, stagedKey } from '../ledger/table.ts';
import type { Lake } from '../merge/ensure.ts';
import { writeOperation } from './item.ts';
import { type OperationPorts, runStatement } from './statement.ts';
import type { Search, UndoItem } from './undo-item.ts';
import { candidatesQuery, type UndoText } from './undo-statements.ts';

/** Files whose staged rows one statement asks for: their ids, twice, have to fit into Athena's limit on its text. */
const filesAtOnce = 2000;

/** Files that rows may come back from: their ids have to fit into one MERGE, and into the operation's item. */
export const maxCandidates = 3000;

/**
 * Finds the merged files that rows may come back from: of as many as one statement can name, those whose row is chosen
 * for one of the affected identities. The newest come from the table's queue, which is strongly consistent, the others
 * from the index of the dataset's files, which may lag behind by a moment.
 * Throws OperationRefusedError, naming them, when files have no staged rows any more, or when there are too many.
 */
export async function searchFiles(
  ports: OperationPorts & Lake,
  dataset: Dataset,
  text: UndoText,
  given: UndoItem,
  deadline: number,
): Promise<{ outcome: 'running' | 'done'; item: UndoItem }> {
  let item = given;
  while (item.search?.after !== null) {
    const page = await nextPage(ports, item);
    const files = page.files.filter(
      (file) => file.status === 'done' && file.file_id !== item.file_id && (file.counts?.accepted ?? 0) > 0,
    );
    const found = await filesThatGive(ports, dataset, text, item, files, page.search.steps, deadline);
    if (found.outcome === 'running') return found;
    const file_ids = [...new Set([...(item.search?.file_ids ?? []), ...found.files])];
    if (file_ids.length > maxCandidates) throw tooMany(item);
    item = await writeOperation(ports, { ...found.item, search: { ...page.search, file_ids } });
  }
  return { outcome: 'done', item };
}

const tooMany = ({ file_id }: UndoItem) =>
  new OperationRefusedError(
    `the rows of file ${file_id} would come back from more than ${maxCandidates} files: too many for one statement. ` +
      'See "When there are too many files" in docs/guide/undo-and-replay.md',
  );

/** The next files to look through, as they are now, and how far the search is after them. */
async function nextPage({ ledger }: OperationPorts, item: UndoItem): Promise<{ files: FileItem[]; search: Search }> {
  const { dataset, search } = item;
  if (search === undefined) {
    const table = await getTable(ledger, dataset);
    const from = Math.max(1, table.staged_seq - filesAtOnce + 1);
    const staged =
      table.staged_seq === 0
        ? []
        : await ledger.query<StagedItem>(table.pk, { from: stagedKey(from), to: stagedKey(table.staged_seq) });
    const files = await filesOf(ledger, [...new Set(staged.map(({ file_id }) => file_id))]);
    return { files, search: { queue_from: from, after: '', steps: 1, file_ids: [] } };
  }
  const keys: Key[] = [];
  let after = search.after === '' ? undefined : search.after!;
  do {
    const page = await ledger.list<FileItem>(dataset, { limit: 500, after });
    keys.push(
      ...page.items.filter(({ staged_seq = 0 }) => staged_seq < search.queue_from).map(({ pk, sk }) => ({ pk, sk })),
    );
    after = page.next;
  } while (after !== undefined && keys.length <= filesAtOnce - 500);
  const files = await ledger.getMany<FileItem>(keys);
  return { files, search: { ...search, after: after ?? null, steps: search.steps + 1 } };
}

const filesOf = (ledger: OperationPorts['ledger'], ids: string[]) =>
  ledger.getMany<FileItem>(ids.map((id) => ({ pk: `file#${id}`, sk: 'file' })));

type Found = { outcome: 'running'; item: UndoItem } | { outcome: 'done'; item: UndoItem; files: string[] };

/** Which of these files have rows that may come back. */
async function filesThatGive(
  ports: OperationPorts & Lake,
  dataset: Dataset,
  text: UndoText,
  item: UndoItem,
  files: FileItem[],
  step: number,
  deadline: number,
): Promise<Found> {
  if (files.length === 0) return { outcome: 'done', item, files: [] };
  const sql = candidatesQuery(
    text,
    files.map((file) => file.stage_id!),
  );
  const what = `looking for other versions of the rows of file ${item.file_id} of ${dataset.name}`;
  const asked = await runStatement(ports, item, `search-${step}`, what, sql, deadline);
  if (asked.outcome === 'running') return { outcome: 'running', item: asked.item };
  const rows = await ports.athena.rows(asked.queryId);
  const chosen = new Map(rows.map(([stage, , count]) => [stage, Number(count)]));
  // The statement may have been made when fewer files were merged.
  const known = files.filter((file) => asked.item.statement!.sql.includes(`'${file.stage_id}'`));
  const lost = known.filter((file) => !chosen.has(file.stage_id!));
  if (lost.length > 0) throw unstaged(dataset.name, lost);
  return {
    outcome: 'done',
    item: asked.item,
    files: known.filter((file) => chosen.get(file.stage_id!)! > 0).map((file) => file.file_id),
  };
}

function unstaged(dataset: string, files: FileItem[]): Error {
  const names = files.slice(0, 5).map(({ file_id, key, stage_id }) => `${file_id} (${key}, stage ${stage_id})`);
  const more = files.length > 5 ? ` and ${files.length - 5} more` : '';
  return new OperationRefusedError(
    `the staged rows of ${names.join(', ')}${more} are gone from staging/${dataset}/, so what they had for the same rows ` +
      `is not known any more. Stage them anew from bronze with \`tributary replay --dataset ${dataset}\`, then undo again`,
  );
}
