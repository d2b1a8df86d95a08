import { type LedgerStore, RevisionConflict } from '../ledger/store.ts';
import type { RecordStore } from '../quality/ports.ts';
import { writeOperation } from './item.ts';
import type { ReplayPorts } from './replay-begin.ts';
import { dayKey, type ReplayDay, type ReplayItem } from './replay-items.ts';

type DayPorts = { ledger: LedgerStore; records: Pick<RecordStore, 'showDay'> };

/**
 * Shows the days of the records that a replay writes, each once, and keeps them in the ledger. Awaited before the record
 * of a file is written, since one that was refused is not looked at again.
 */
export async function notedDays(ports: DayPorts, item: ReplayItem): Promise<(day: string) => Promise<void>> {
  const known = await ports.ledger.query<ReplayDay>(item.pk, { from: 'day#', to: 'day#~' });
  const noted = new Map<string, Promise<void>>(known.map(({ day }) => [day, Promise.resolve()]));
  return (day) => {
    const there = noted.get(day) ?? noteDay(ports, item, day);
    noted.set(day, there);
    return there;
  };
}

async function noteDay({ ledger, records }: DayPorts, item: ReplayItem, day: string): Promise<void> {
  await records.showDay(item.dataset, day);
  try {
    await ledger.write([{ ...dayKey(item, day), rev: 0, day } as ReplayDay]);
  } catch (error) {
    // Another invocation has noted it.
    if (!(error instanceof RevisionConflict)) throw error;
  }
}

/**
 * Makes the report page of each of those days anew, in their order, since a page compares those before it, and in the end
 * that of the dataset, as far as the time allows. Repeated, it goes on with those that are left.
 */
export async function remakePages(
  ports: ReplayPorts,
  given: ReplayItem,
  deadline: number,
): Promise<ReplayItem | 'more'> {
  let item = given;
  const from = item.pages_after === undefined ? 'day#' : `${dayKey(item, item.pages_after).sk}!`;
  const days = await ports.ledger.query<ReplayDay>(item.pk, { from, to: 'day#~' });
  for (const { day } of days) {
    while ((await ports.records.refreshDay(item.dataset, day)) === 'more') {
      if (ports.clock.now().getTime() >= deadline) return 'more';
    }
    item = await writeOperation(ports, { ...item, pages_after: day });
    if (ports.clock.now().getTime() >= deadline) return 'more';
  }
  if (item.pages_after !== undefined) await ports.records.refreshPages(item.dataset, [item.pages_after]);
  return item;
}
