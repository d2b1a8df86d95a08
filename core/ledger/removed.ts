import type { RemovedItem } from './items.ts';
import type { LedgerStore } from './store.ts';
import { tableKey } from './table.ts';

/**
 * What an operation that takes files out of a table leaves for good: a later rollback goes by it. It is written when the
 * operation takes its number, before its first statement, and completed with its commit.
 */
export function removal(table: string, of: Omit<RemovedItem, 'pk' | 'sk' | 'rev'>): RemovedItem {
  const sk = `removed#${String(of.seq).padStart(12, '0')}#${of.operation}`;
  return { pk: tableKey(table), sk, rev: 0, ...of };
}

/** The removals of a table, committed or not, by number. */
export async function removalsOf(store: LedgerStore, table: string): Promise<RemovedItem[]> {
  return store.query<RemovedItem>(tableKey(table), { from: 'removed#', to: 'removed#~' });
}

/** The same removal as the ledger has it, if it has it, to be written over. */
export async function over(store: LedgerStore, next: RemovedItem): Promise<RemovedItem> {
  const known = await store.get<RemovedItem>(next.pk, next.sk);
  return known === undefined ? next : { ...known, ...next, rev: known.rev };
}

/**
 * The commit since which the table holds nothing that is half done of a removal: the operation's own, or that of a
 * rollback, which only leads to a state from before. Undefined while there is none. `all` are the table's, by number.
 */
export function endOf(removed: RemovedItem, all: RemovedItem[]): RemovedItem | undefined {
  return all.find(
    ({ snapshot_id, seq, operation, kind }) =>
      snapshot_id !== undefined && seq >= removed.seq && (operation === removed.operation || kind === 'rollback'),
  );
}

/** Those of which the table may hold a part now. A table that a replay has built since then holds none. */
export const unfinished = (all: RemovedItem[], rebuiltSeq = 0): RemovedItem[] =>
  all.filter((removed) => removed.seq > rebuiltSeq && endOf(removed, all) === undefined);
