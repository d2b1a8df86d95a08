import { LeaseLostError } from '../errors.ts';
import type { TableItem } from '../ledger/items.ts';
import { type Clock, type LedgerStore, type Stored, withRetries } from '../ledger/store.ts';
import { held, leaseUntil } from '../ledger/table.ts';
import type { Lease } from '../merge/lead.ts';
import type { OperationItem } from './item.ts';

export interface TableChange<Item> {
  item: Item;
  table: Partial<TableItem>;
  /** Further items of the same write. */
  more?: Stored[];
}

/**
 * Writes the operation's item, the table's and whatever goes with them in one step, fenced by the lease. Throws
 * LeaseLostError when the table, or the operation, is another's by now.
 */
export async function withTable<Item extends OperationItem>(
  { ledger, clock }: { ledger: LedgerStore; clock: Clock },
  lease: Lease,
  given: Item,
  change: (table: TableItem, at: string) => Promise<TableChange<Item>>,
): Promise<Item> {
  return withRetries(clock, async () => {
    const table = await held(ledger, lease.name, lease.run, lease.token);
    const stored = await ledger.get<Item>(given.pk, given.sk);
    if (stored?.rev !== given.rev) throw new LeaseLostError(`another invocation works on ${given.pk}`);
    const at = clock.now().toISOString();
    const changed = await change(table, at);
    const item: Item = { ...changed.item, updated_at: at };
    const next: TableItem = { ...table, ...changed.table, expires_at: leaseUntil(clock) };
    await ledger.write([item, next, ...(changed.more ?? [])]);
    return { ...item, rev: item.rev + 1 };
  });
}
