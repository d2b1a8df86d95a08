import { getMart, releaseMart, takeMart } from '../gold/lease.ts';
import { isTable, type Mart } from '../gold/mart.ts';
import { withRetries } from '../ledger/store.ts';
import { getTable, writeTable } from '../ledger/table.ts';
import { takeTurn } from '../ledger/turn.ts';
import type { Lake } from '../merge/ensure.ts';
import { endTurn, type WakePorts, wakeNext } from '../pipeline/wake.ts';

/** A table's lease, whichever kind of table it is. */
export interface Hold {
  /** Takes or renews it; false while somebody else has it. */
  take(): Promise<boolean>;
  /** Records the table's present snapshot, whose rows are the same as before. */
  committed(): Promise<void>;
  release(): Promise<void>;
}

export function silverHold(ports: Lake & WakePorts & { marts: Mart[] }, table: string, run: string): Hold {
  const { ledger, clock, catalog, databases } = ports;
  return {
    async take() {
      const turn = await takeTurn(ledger, clock, table, run);
      if ('lease' in turn) return true;
      // A batch that nobody leads any more is in the way, and while the turn is reserved nobody else wakes it.
      if (turn.waitsFor === undefined) await wakeNext(ports, table, run);
      return false;
    },
    async committed() {
      const snapshot = await catalog.currentSnapshot(databases.silver, table);
      const { token, committed, batch_seq } = await getTable(ledger, table);
      if (snapshot === null || committed === undefined || committed.snapshot_id === snapshot) return;
      const lease = { name: table, run, token };
      if (batch_seq > committed.batch_seq) {
        // The table may hold rows of a batch that failed after a part of it was merged: marts have yet to see them.
        const columns = (await catalog.columns(databases.silver, table))?.map(({ name }) => name) ?? committed.columns;
        const now = { snapshot_id: snapshot, batch_seq, columns };
        await writeTable(ledger, clock, lease, () => ({ committed: now }));
        return;
      }
      const now = { ...committed, snapshot_id: snapshot };
      await writeTable(ledger, clock, lease, () => ({ committed: now }));
      await followSnapshot(ports, table, now);
    },
    async release() {
      await endTurn(ports, table, run);
    },
  };
}

/** Marts that are up to date with the table remember the new snapshot: the old one expires before they change again. */
async function followSnapshot(
  { ledger, clock, marts }: WakePorts & { marts: Mart[] },
  table: string,
  now: { snapshot_id: string; batch_seq: number },
): Promise<void> {
  for (const mart of marts.filter((candidate) => isTable(candidate) && candidate.sources.includes(table))) {
    await withRetries(clock, async () => {
      const item = await getMart(ledger, mart.name);
      const built = item.sources[table];
      if (built?.batch_seq !== now.batch_seq || item.pending !== undefined) return;
      const sources = { ...item.sources, [table]: { ...built, snapshot_id: now.snapshot_id } };
      await ledger.write([{ ...item, sources } as typeof item]);
    });
  }
}

/** What reads a mart reads it as it is now, so nobody has to be told of its snapshots. */
export function goldHold(ports: WakePorts, mart: string, run: string): Hold {
  return {
    async take() {
      const item = await takeMart(ports, mart, run);
      if (item === undefined) return false;
      if (item.pending === undefined) return true;
      // A refresh that its run left under way; the next one finishes it.
      await releaseMart(ports, mart, run);
      return false;
    },
    committed: async () => undefined,
    release: () => releaseMart(ports, mart, run),
  };
}
