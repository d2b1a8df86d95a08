import { InvalidInputError, OperationRefusedError } from '../errors.ts';
import { fileState, getFile, updateFile } from '../ledger/files.ts';
import type { FileItem, FileStatus } from '../ledger/items.ts';
import type { LedgerStore, Stored } from '../ledger/store.ts';
import { sideBySide } from '../reconcile/side-by-side.ts';
import { getOperation, operationKey, writeOperation } from './item.ts';
import type { TableState } from './rollback-history.ts';
import { idOf, type RollbackFile, type RollbackItem, rollbackFileKey, rollbackFiles } from './rollback-item.ts';
import type { UndoPorts } from './undo.ts';

/** Files of which a rollback changes whether they are in the lake, as the ledger has them now. */
export interface ChangedFiles {
  /** Done; while a batch has the table, which only a dry run sees, also those of it that are merged. */
  out: FileItem[];
  /** With what each was before it was taken out. */
  back: { file: FileItem; was: FileStatus }[];
}

/**
 * Finds the files by what has happened to the table since: what came first to a file after the snapshot tells what it was
 * at the snapshot. One that was merged then is out; one that was taken out then is in again; one that has had both, and
 * ended as it was, is neither; nor is one that was out then and waits to be merged again. Throws OperationRefusedError,
 * naming them, when files that were in then have been taken out since and are on their way in again: whether they are in
 * would hang on what becomes of their runs.
 */
export async function changedFiles(ledger: LedgerStore, states: TableState[], snapshot: string): Promise<ChangedFiles> {
  const since = states.slice(states.findIndex(({ id }) => id === snapshot) + 1).flatMap(({ commits }) => commits);
  since.sort((a, b) => a.seq - b.seq || Number(a.kind !== 'merge') - Number(b.kind !== 'merge'));
  const first = new Map<string, FileStatus | 'out'>();
  const note = (fileId: string, then: FileStatus | 'out') => {
    if (!first.has(fileId)) first.set(fileId, then);
  };
  for (const { kind, seq, file_ids, removed } of since) {
    for (const id of file_ids) note(id, 'out');
    if (removed?.file !== undefined) note(removed.file.file_id, removed.file.was);
    if (kind !== 'rollback') continue;
    const { pk } = operationKey(removed!.operation);
    for (const file of await ledger.query<RollbackFile>(pk, rollbackFiles(seq))) {
      note(file.file_id, file.to === 'out' ? file.was : 'out');
    }
  }
  const files = await ledger.getMany<FileItem>([...first.keys()].map((id) => ({ pk: `file#${id}`, sk: 'file' })));
  files.sort((a, b) => (a.gsi1sk < b.gsi1sk ? -1 : 1));
  const changed: ChangedFiles = { out: [], back: [] };
  const coming: FileItem[] = [];
  for (const file of files) {
    const was = first.get(file.file_id)!;
    const { state } = await fileState(ledger, file);
    const isIn = state === 'done' || state === 'merged';
    if (was === 'out' && isIn) changed.out.push(file);
    if (was === 'out' || isIn) continue;
    if (state === 'undone') changed.back.push({ file, was });
    else if (was === 'done' || state === 'received' || state === 'staged') coming.push(file);
  }
  if (coming.length > 0) throw onTheirWay(coming);
  return changed;
}

function onTheirWay(files: FileItem[]): Error {
  const names = files.slice(0, 5).map(({ file_id, key, status }) => `${file_id} (${key}, ${status})`);
  const more = files.length > 5 ? ` and ${files.length - 5} more` : '';
  return new OperationRefusedError(
    `in the state to go back to are files that have been taken out since and are to be merged again: ${names.join(', ')}${more}. ` +
      'Wait until they are done, or re-run those whose runs have failed; then roll back again, or to a state without them',
  );
}

/**
 * The files that a rollback has taken out and that are still out because of it, and the number of those that are not.
 * Throws InvalidInputError if there is no such rollback.
 */
export async function filesOut(ledger: LedgerStore, operation: string): Promise<{ files: FileItem[]; since: number }> {
  const item = await getOperation<RollbackItem>(ledger, operation);
  if (item?.kind !== 'rollback' || item.committed_at === undefined) {
    throw new InvalidInputError(
      `the ledger has no rollback ${operation}; \`tributary rollback --dataset DATASET --list\` names those of a dataset`,
    );
  }
  const noted = await ledger.query<RollbackFile>(item.pk, rollbackFiles(item.batch_seq!));
  const out = noted.filter(({ to }) => to === 'out').map(({ file_id }) => ({ pk: `file#${file_id}`, sk: 'file' }));
  const files = (await ledger.getMany<FileItem>(out)).filter(({ rolled_back }) => rolled_back === operation);
  files.sort((a, b) => (a.gsi1sk < b.gsi1sk ? -1 : 1));
  return { files, since: out.length - files.length };
}

/** DynamoDB takes at most a hundred items in one write. */
const atOnce = 100;

/** Notes the files with the operation, under the number of its commit: what is noted for one that was not made does not count. */
export async function noteFiles(ledger: LedgerStore, item: RollbackItem, { out, back }: ChangedFiles): Promise<void> {
  const { pk } = item;
  const seq = item.batch_seq!;
  const known = await ledger.query<RollbackFile>(pk, rollbackFiles(seq));
  const there = new Set(known.map(({ file_id }) => file_id));
  const operation = idOf(item);
  const noted = [
    ...out.map(({ file_id, staged_seq }) => ({ file_id, staged_seq, to: 'out' as const, was: 'done' as const })),
    ...back.map(({ file: { file_id, undone_at }, was }) => ({ file_id, undone_at, to: 'back' as const, was })),
  ];
  const fresh = noted
    .filter(({ file_id }) => !there.has(file_id))
    .map((file): RollbackFile => ({ ...rollbackFileKey(operation, seq, file.file_id), rev: 0, ...file }));
  for (let start = 0; start < fresh.length; start += atOnce) {
    await ledger.write(fresh.slice(start, start + atOnce) as Stored[]);
  }
}

const pageSize = 500;
const side = 20;

/**
 * Brings the files' items up to date with the commit, as far as the time allows. Repeated, it goes on; a file that has been
 * merged again, or taken out again, since is left as it is.
 */
export async function markFiles(
  ports: UndoPorts,
  given: RollbackItem,
  deadline: number,
): Promise<{ outcome: 'running' | 'done'; item: RollbackItem }> {
  let item = given;
  const { from, to } = rollbackFiles(item.batch_seq!);
  for (;;) {
    const page = await ports.ledger.query<RollbackFile>(item.pk, {
      from: item.marked_after === undefined ? from : `${item.marked_after}!`,
      to,
      limit: pageSize,
    });
    if (page.length === 0) return { outcome: 'done', item };
    await sideBySide(page, side, (noted) => mark(ports, item, noted));
    item = await writeOperation(ports, { ...item, marked_after: page.at(-1)!.sk });
    if (ports.clock.now().getTime() >= deadline) return { outcome: 'running', item };
  }
}

async function mark(ports: UndoPorts, item: RollbackItem, noted: RollbackFile): Promise<void> {
  const { ledger, clock, catalog } = ports;
  const file = await getFile(ledger, noted.file_id);
  if (file === undefined || changeOf(item, noted, file) === undefined) return;
  // Before its item, which says that this is done.
  if ((file.counts?.rejected ?? 0) > 0 && (noted.to === 'out' || noted.was === 'done')) {
    await catalog.registerQuarantine(item.dataset, file.file_id, noted.to === 'out' ? null : file.stage_id!);
  }
  await updateFile(ledger, clock, file.file_id, (now) => changeOf(item, noted, now));
}

function changeOf(item: RollbackItem, noted: RollbackFile, now: FileItem): Partial<FileItem> | undefined {
  if (noted.to === 'out') {
    if (now.status !== 'done' || now.staged_seq !== noted.staged_seq) return undefined;
    const rolled_back = idOf(item);
    return { status: 'undone', undone_at: item.committed_at, undone_by: item.run, rolled_back, error: undefined };
  }
  if (now.status !== 'undone' || now.undone_at !== noted.undone_at) return undefined;
  const error = noted.was === 'done' ? undefined : notWhole;
  return { status: noted.was, error, undone_at: undefined, undone_by: undefined, rolled_back: undefined };
}

const notWhole = 'a rollback has brought back the parts of it that were in silver: run it again for the others';
