import type { MartItem } from '../ledger/items.ts';
import { type Clock, type LedgerStore, withRetries } from '../ledger/store.ts';
import { isTable, type Mart, martsOf } from './mart.ts';

/**
 * Makes the next refresh of every mart that reads the dataset recompute it whole, also where a statement is under way:
 * for what has changed silver in a way that batch numbers do not tell. Readers see the marts as they are until then.
 */
export async function forgetMarts(
  { ledger, clock, marts }: { ledger: LedgerStore; clock: Clock; marts: Mart[] },
  dataset: string,
): Promise<void> {
  const forgotten = { definition: '', sources: {} };
  for (const mart of martsOf(marts, dataset).filter(isTable)) {
    await withRetries(clock, async () => {
      const item = await ledger.get<MartItem>(`mart#${mart.name}`, 'state');
      if (item === undefined) return;
      const pending = item.pending && { ...item.pending, ...forgotten };
      await ledger.write([{ ...item, ...forgotten, asked: undefined, pending } as MartItem]);
    });
  }
}
