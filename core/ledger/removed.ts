import type { RemovedItem } from './items.ts';
import { tableKey } from './table.ts';

/** What an operation that took files out of a table leaves for good: a later rollback goes by it. */
export function removal(table: string, of: Omit<RemovedItem, 'pk' | 'sk' | 'rev'>): RemovedItem {
  const sk = `removed#${String(of.seq).padStart(12, '0')}#${of.operation}`;
  return { pk: tableKey(table), sk, rev: 0, ...of };
}
