import { LeaseLostError } from '../errors.ts';
import type { MartItem } from '../ledger/items.ts';
import { type Clock, type LedgerStore, RevisionConflict, withRetries } from '../ledger/store.ts';
import { leaseUntil } from '../ledger/table.ts';

export async function getMart(ledger: LedgerStore, mart: string): Promise<MartItem> {
  const key = { pk: `mart#${mart}`, sk: 'state' as const };
  const item = await ledger.get<MartItem>(key.pk, key.sk);
  return item ?? { ...key, rev: 0, sources: {}, definition: '', refreshed_at: '' };
}

/** Takes or renews a mart's lease: marts of several datasets have several leaders. Undefined: another run holds it. */
export async function takeMart(
  { ledger, clock }: { ledger: LedgerStore; clock: Clock },
  mart: string,
  run: string,
): Promise<MartItem | undefined> {
  return withRetries(clock, async () => {
    const item = await getMart(ledger, mart);
    if (item.owner !== undefined && item.owner !== run && item.expires_at! > clock.now().toISOString())
      return undefined;
    const taken = { ...item, owner: run, expires_at: leaseUntil(clock) };
    await ledger.write([taken]);
    return { ...taken, rev: taken.rev + 1 };
  });
}

/** Writes the mart's item as its holder; throws LeaseLostError when somebody else has written since. */
export async function writeMart(ledger: LedgerStore, item: MartItem): Promise<MartItem> {
  try {
    await ledger.write([item]);
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error;
    throw new LeaseLostError(`another run refreshes ${item.pk}`, { cause: error });
  }
  return { ...item, rev: item.rev + 1 };
}

export const free = { owner: undefined, expires_at: undefined };

/** Gives a mart's lease back if it is this run's. */
export async function releaseMart(
  { ledger, clock }: { ledger: LedgerStore; clock: Clock },
  mart: string,
  run: string,
): Promise<void> {
  await withRetries(clock, async () => {
    const item = await ledger.get<MartItem>(`mart#${mart}`, 'state');
    if (item?.owner === run) await ledger.write([{ ...item, ...free } as MartItem]);
  });
}
