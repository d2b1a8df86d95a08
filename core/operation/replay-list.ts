import { LeaseLostError } from '../errors.ts';
import { getFile } from '../ledger/files.ts';
import type { BatchItem, FileItem } from '../ledger/items.ts';
import { RevisionConflict, type Stored } from '../ledger/store.ts';
import { batchKey, tableKey } from '../ledger/table.ts';
import { writeOperation } from './item.ts';
import type { ReplayPorts } from './replay-begin.ts';
import {
  idOf,
  inRange,
  type ReplayFile,
  type ReplayItem,
  replayFileKey,
  type TodoItem,
  todoKey,
} from './replay-items.ts';

const pageSize = 400;
const batchesInPage = 20;

/** Files in one transaction: each may be two items, and DynamoDB takes a hundred. */
const groupSize = 50;

/**
 * Lists the dataset's files as far as the time allows, and says of each what the new table takes of it. Files that come
 * into the index too late, or are merged meanwhile, are found by followBatches.
 */
export async function listFiles(ports: ReplayPorts, given: ReplayItem, deadline: number): Promise<ReplayItem> {
  let item = given;
  while (item.list_after !== null && ports.clock.now().getTime() < deadline) {
    const after = item.list_after === '' ? undefined : item.list_after;
    const page = await ports.ledger.list<FileItem>(item.dataset, { limit: pageSize, after });
    const ids = page.items.map(({ file_id }) => file_id);
    await account(ports, item, ids, (file) => {
      if (file.status === 'done') return 'merged';
      return ['rejected', 'failed'].includes(file.status) && mayCome(item, file) ? 'refused' : undefined;
    });
    item = await writeOperation(ports, { ...item, list_after: page.next ?? null, planned: false });
  }
  return item;
}

/** A file that was refused, or failed, and lies in bronze. */
const mayCome = (item: ReplayItem, file: FileItem): boolean =>
  file.bronze_key !== undefined && inRange(item.range, file.last_modified);

/**
 * Takes the files of every batch that has ended since the last call, up to the first one that has not: strongly
 * consistent, so that with the table's turn in hand nothing that readers see is missing. `more`: it stopped after so many
 * new files, or at the deadline, before the end.
 */
export async function followBatches(
  ports: ReplayPorts,
  given: ReplayItem,
  most: number,
  deadline: number,
): Promise<{ item: ReplayItem; more: boolean }> {
  let item = given;
  for (let found = 0; ; ) {
    const page = await ports.ledger.query<BatchItem>(tableKey(item.dataset), {
      from: batchKey(item.cursor + 1),
      to: 'batch#~',
      limit: batchesInPage,
    });
    const open = page.findIndex(({ status }) => !['merged', 'done', 'failed'].includes(status));
    const ended = open < 0 ? page : page.slice(0, open);
    if (ended.length === 0) return { item, more: false };
    if (found >= most || ports.clock.now().getTime() >= deadline) return { item, more: true };
    const merged = ended.filter(({ status }) => status !== 'failed').flatMap(({ file_ids }) => file_ids);
    found += await account(ports, item, merged, (file) => (isMerged(file) ? 'merged' : undefined));
    // Also what an earlier call had noted, and then got no further.
    const planned = item.planned && merged.length === 0;
    item = await writeOperation(ports, { ...item, cursor: ended.at(-1)!.to_seq, planned });
  }
}

/** Of a file that a merged batch names: nobody has taken it out or left it out since. */
const isMerged = ({ status }: FileItem): boolean => status === 'done' || status === 'staged';

/** Notes files that are not noted yet, and that they have been merged meanwhile; returns how many. */
async function account(
  ports: ReplayPorts,
  item: ReplayItem,
  given: string[],
  kindOf: (file: FileItem) => 'merged' | 'refused' | undefined,
): Promise<number> {
  const id = idOf(item);
  // A file that an earlier replay has left out, and that was run again, is in two batches.
  const ids = [...new Set(given)];
  const noted = await ports.ledger.getMany<ReplayFile>(ids.map((fileId) => replayFileKey(id, fileId)));
  const known = new Map(noted.map((file) => [file.file_id, file]));
  // The index follows the items after a moment: what decides is read here.
  const open = ids.filter((fileId) => !known.get(fileId)?.merged);
  const files = await ports.ledger.getMany<FileItem>(open.map((fileId) => ({ pk: `file#${fileId}`, sk: 'file' })));
  const fresh = files.flatMap((file) => {
    const before = known.get(file.file_id);
    const kind = kindOf(file);
    if (kind === undefined || (kind === 'refused' && before !== undefined)) return [];
    // One that was refused is looked at again: it has been merged after all.
    if (before !== undefined && before.state !== 'refused') return [[{ ...before, merged: true } as ReplayFile]];
    return [note(item, file, kind === 'merged', before)];
  });
  for (let start = 0; start < fresh.length; start += groupSize) {
    try {
      await ports.ledger.write(fresh.slice(start, start + groupSize).flat());
    } catch (error) {
      if (!(error instanceof RevisionConflict)) throw error;
      throw new LeaseLostError(`another invocation works on ${item.pk}`, { cause: error });
    }
  }
  return fresh.length;
}

function note(item: ReplayItem, file: FileItem, merged: boolean, known: ReplayFile | undefined): Stored[] {
  const id = idOf(item);
  const staged = file.validated?.stage_id === file.stage_id ? file.validated : undefined;
  // What came after the replay had begun is validated by today's contract already.
  const anew = staged === undefined || (inRange(item.range, file.last_modified) && file.received_at <= item.started_at);
  const noted: ReplayFile = {
    ...replayFileKey(id, file.file_id),
    rev: known?.rev ?? 0,
    file_id: file.file_id,
    key: file.key,
    anew,
    merged,
    suspect: !merged && file.status === 'failed' && file.stage_id !== undefined ? true : undefined,
    state: anew ? 'waits' : 'ready',
    staging: anew ? undefined : staged,
  };
  if (!anew) return [noted];
  const todo: TodoItem = { ...todoKey(id, file.file_id), rev: 0, file_id: file.file_id };
  return [noted, todo];
}

/** Files that wait to be validated, at most so many. */
export async function waitingFiles(ports: ReplayPorts, item: ReplayItem, most: number): Promise<FileItem[]> {
  const todo = await ports.ledger.query<TodoItem>(item.pk, { from: 'todo#', to: 'todo#~', limit: most });
  const files = await Promise.all(todo.map(({ file_id }) => getFile(ports.ledger, file_id)));
  return files.filter((file) => file !== undefined);
}
