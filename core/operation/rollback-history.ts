import type { Dataset } from '../contract/dataset.ts';
import { OperationRefusedError } from '../errors.ts';
import type { BatchItem, RemovedItem, TableItem } from '../ledger/items.ts';
import { endOf, removalsOf } from '../ledger/removed.ts';
import type { LedgerStore } from '../ledger/store.ts';
import { batchKey, getTable } from '../ledger/table.ts';
import type { Lake } from '../merge/ensure.ts';
import { runQuery } from '../run-query.ts';
import { snapshotsQuery } from './rollback-statements.ts';

/** A snapshot as Iceberg tells of it. */
export interface Snapshot {
  id: string;
  parent: string | null;
  /** When it was committed, ISO 8601 in UTC. */
  at: string;
  /** Iceberg's word: append, overwrite, delete, replace. */
  operation: string;
  rows: number;
}

/** A commit that the ledger knows: a batch of files, or an operation that took rows out. */
export interface Commit {
  kind: 'merge' | RemovedItem['kind'];
  seq: number;
  snapshot_id: string;
  /** Of a merge. */
  file_ids: string[];
  /** Of an operation. */
  removed?: RemovedItem;
}

/** A state that the table has been in. */
export interface TableState extends Snapshot {
  /** Why the table can not be brought back to it; left out if it can. */
  not?: string;
  /** Commits that ended in it, in order; one that changed no row ends in the state that it began with. */
  commits: Commit[];
}

/** Answers of `sql/silver/rollback-snapshots.sql`, one line a snapshot. */
export function readSnapshots(rows: (string | null)[][]): Snapshot[] {
  return rows.map(([id, parent, at, operation, written, deleted]) => ({
    id: id!,
    parent: parent ?? null,
    at: new Date(at!).toISOString(),
    operation: operation!,
    rows: Number(written ?? 0) - Number(deleted ?? 0),
  }));
}

/** What the table that readers see has been, oldest first, as far as its snapshots are still there. */
export async function historyOf(lake: Lake & { ledger: LedgerStore }, dataset: Dataset): Promise<TableState[]> {
  const { athena, clock, files, databases, ledger } = lake;
  const sql = snapshotsQuery({ files, dataset, databases });
  const { queryId } = await runQuery(athena, clock, `listing the snapshots of silver.${dataset.name}`, sql);
  return statesOf(ledger, dataset.name, readSnapshots(await athena.rows(queryId)));
}

/** The same from the snapshots alone, which a person may have asked for. */
export async function statesOf(ledger: LedgerStore, dataset: string, snapshots: Snapshot[]): Promise<TableState[]> {
  const table = await getTable(ledger, dataset);
  const chain = inOrder(snapshots);
  const removals = await removalsOf(ledger, dataset);
  const commits = Map.groupBy(
    await commitsOf(ledger, table, removals, new Set(chain.map(({ id }) => id))),
    (commit) => commit.snapshot_id,
  );
  const states = chain.map((snapshot) => ({
    ...snapshot,
    commits: (commits.get(snapshot.id) ?? []).sort(
      (a, b) => a.seq - b.seq || Number(a.kind !== 'merge') - Number(b.kind !== 'merge'),
    ),
  }));
  return judged(states, table, removals);
}

/** From parent to child; times may be the same, or come from clocks that differ. */
function inOrder(snapshots: Snapshot[]): Snapshot[] {
  const byId = new Map(snapshots.map((snapshot) => [snapshot.id, snapshot]));
  const parents = new Set(snapshots.map(({ parent }) => parent));
  const chain: Snapshot[] = [];
  let next = snapshots.find(({ id }) => !parents.has(id));
  while (next !== undefined) {
    chain.unshift(next);
    next = next.parent === null ? undefined : byId.get(next.parent);
  }
  return chain;
}

/** One page of batches is more than there can be parts of a batch that was split: only within it is their order another. */
const pageSize = 500;

/** The commits that ended in one of the snapshots. */
async function commitsOf(
  ledger: LedgerStore,
  { pk }: TableItem,
  removals: RemovedItem[],
  ids: Set<string>,
): Promise<Commit[]> {
  const commits: Commit[] = [];
  for (let to = 'batch#~'; ; ) {
    const page = await ledger.query<BatchItem>(pk, { from: 'batch#', to, limit: pageSize, descending: true });
    const merged = page.filter(({ status }) => status === 'done' || status === 'merged');
    const among = merged.filter(({ snapshot_id }) => ids.has(snapshot_id ?? ''));
    for (const { batch_seq, snapshot_id, file_ids } of among) {
      commits.push({ kind: 'merge', seq: batch_seq, snapshot_id: snapshot_id!, file_ids });
    }
    if (page.length < pageSize || (merged.length > 0 && among.length === 0)) break;
    to = batchKey(page.at(-1)!.to_seq - 1);
  }
  for (const removed of removals) {
    const { kind, seq, snapshot_id } = removed;
    if (ids.has(snapshot_id ?? '')) commits.push({ kind, seq, snapshot_id: snapshot_id!, file_ids: [], removed });
  }
  return commits;
}

/**
 * Says of each state whether it is one that the ledger can account for: a commit ended in it, or nothing but the rewriting
 * of files lies between it and such a one; and no operation that takes files out had done a part of its work.
 */
function judged(states: TableState[], table: TableItem, removals: RemovedItem[]): TableState[] {
  const rebuilt = states.findIndex(({ id }) => id === table.rebuilt_snapshot);
  const torn = tornIn(states, table, removals);
  const unknown = unaccounted(table, removals);
  let whole = true;
  let seq = firstSeq(states, table);
  return states.map((state, at) => {
    const created = state.parent === null && state.rows === 0;
    // The one before it may have expired, but files are never rewritten in the middle of a commit.
    whole = state.commits.length > 0 || created || at === rebuilt || (whole && state.operation === 'replace');
    seq = Math.max(seq, ...state.commits.map((commit) => commit.seq));
    const part = torn.find(({ since, until }) => since <= seq && at < until);
    if (at < rebuilt)
      return { ...state, not: 'it was not seen by readers: the replay that made the table was building it' };
    if (!whole) return { ...state, not: 'it is in the middle of a commit, or another program wrote it' };
    if (part !== undefined) return { ...state, not: part.why };
    if (seq < unknown) return { ...state, not: before };
    return state;
  });
}

const before =
  'an undo or a replay by an earlier version of this software came after it, and the ledger does not tell which files that took out';

/** Where in the history each removal had been done in parts only: from its number until the place of what has ended it. */
function tornIn(states: TableState[], { rebuilt_seq = 0 }: TableItem, removals: RemovedItem[]) {
  const place = new Map(states.map(({ id }, at) => [id, at]));
  return removals.flatMap((removed) => {
    const { kind, operation, seq, since, snapshot_id } = removed;
    // A number that was taken for the commit itself: nothing of it is in what has a smaller one.
    if (snapshot_id !== undefined && since === seq) return [];
    const end = endOf(removed, removals);
    // What is not among the states any more lies before them.
    if (end !== undefined)
      return [{ since, until: place.get(end.snapshot_id ?? '') ?? -1, why: `${operation} was half done then` }];
    if (seq < rebuilt_seq) return [];
    const or = kind === 'undo' ? 'bring it to its end, or ' : '';
    const why = `${operation} had begun to change the table by then and has not come to its end: ${or}go back to a state from before it`;
    return [{ since, until: Number.POSITIVE_INFINITY, why }];
  });
}

/** The greatest number of a commit of which the ledger does not tell what it took out: earlier versions wrote it nowhere. */
function unaccounted(
  { removed_seq = 0, rebuilt_seq = 0, rebuilt_snapshot }: TableItem,
  removals: RemovedItem[],
): number {
  const taken = [removed_seq, ...removals.map(({ previous = 0 }) => previous)];
  const untold = taken.filter((n) => n > rebuilt_seq && !removals.some(({ since, seq }) => since <= n && n <= seq));
  return Math.max(0, rebuilt_snapshot === undefined ? rebuilt_seq : 0, ...untold);
}

/** The number that the first of the states may have, when those before it, with their commits, have expired. */
function firstSeq(states: TableState[], { batch_seq = 0 }: TableItem): number {
  if (states[0] === undefined || states[0].parent === null) return 0;
  const next = states.find(({ commits }) => commits.length > 0)?.commits[0];
  return next === undefined ? batch_seq : next.seq - 1;
}

/**
 * The state that `to` means: a snapshot by its id, or the last one that can be gone back to at or before a time, ISO 8601.
 * Throws OperationRefusedError, saying what there is.
 */
export function stateAt(states: TableState[], dataset: string, to: string, now: Date): TableState {
  const list = `\`tributary rollback --dataset ${dataset} --list\` shows those that there are`;
  if (/^\d{10,19}$/.test(to)) {
    const found = states.find(({ id }) => id === to);
    if (found === undefined) {
      throw new OperationRefusedError(
        `silver.${dataset} has no snapshot ${to}: it has expired, or is of another table, such as one that a replay has replaced; ${list}`,
      );
    }
    if (found.not !== undefined) {
      throw new OperationRefusedError(`silver.${dataset} can not go back to snapshot ${to}: ${found.not}; ${list}`);
    }
    return found;
  }
  const time = timeOf(to);
  if (time > now.getTime()) throw new OperationRefusedError(`${to} is still to come; ${list}`);
  const found = states.findLast(({ at, not }) => not === undefined && Date.parse(at) <= time);
  if (found !== undefined) return found;
  const first = states.find(({ not }) => not === undefined);
  const oldest = first === undefined ? 'it has none' : `the oldest is of ${first.at}`;
  throw new OperationRefusedError(
    `silver.${dataset} has no snapshot of ${to} or before (${oldest}): it has expired, or the table was not there yet, or had none while it was empty; ${list}`,
  );
}

/** A day is its first instant; a time without a zone is in UTC. Not a number if the text is neither. */
export function timeOf(text: string): number {
  const [, day, clock, zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  return day === undefined ? Number.NaN : Date.parse(`${day}T${clock ?? '00:00'}${zone}`);
}
