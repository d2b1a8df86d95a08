import type { Lease } from '../merge/lead.ts';
import type { TableItem } from './items.ts';
import { type Clock, type LedgerStore, withRetries } from './store.ts';
import { getTable, isIdle, leaseUntil } from './table.ts';

/** How long a turn stays reserved after whoever asks for it has asked last. */
export const turnSeconds = 120;

export type TurnOutcome = { lease: Lease; table: TableItem } | { waitsFor: string | undefined };

/**
 * Takes a table's lease for an operation other than a merge, or renews it, once nobody leads and no batch is open. Until
 * then it reserves the next turn: the leader finishes the batch that is open, plans no other and lets go. Returns whom it
 * waits for, if anybody; call again within `turnSeconds`. A batch that nobody leads has to be woken (see wakeNext).
 */
export async function takeTurn(store: LedgerStore, clock: Clock, name: string, run: string): Promise<TurnOutcome> {
  return withRetries(clock, async () => {
    const table = await getTable(store, name);
    const holds = table.owner === run && !isIdle(table, clock);
    if (!holds) {
      const others = reservedFor(table, clock, run);
      if (others !== undefined) return { waitsFor: others };
      const open = table.open_batch !== undefined || (table.split?.length ?? 0) > 0;
      if (!isIdle(table, clock) || open) {
        const expires = new Date(clock.now().getTime() + turnSeconds * 1000).toISOString();
        await store.write([{ ...table, turn: { run, expires_at: expires } } as TableItem]);
        return { waitsFor: isIdle(table, clock) ? undefined : table.owner };
      }
    }
    const next: TableItem = {
      ...table,
      owner: run,
      expires_at: leaseUntil(clock),
      token: holds ? table.token : table.token + 1,
      led: 0,
      turn: undefined,
    };
    await store.write([next]);
    return { lease: { name, run, token: next.token }, table: { ...next, rev: next.rev + 1 } };
  });
}

/** The run, other than `run`, that has the next turn; undefined when nobody has, or has stopped asking. */
export function reservedFor({ turn }: TableItem, clock: Clock, run: string): string | undefined {
  return turn === undefined || turn.run === run || turn.expires_at <= clock.now().toISOString() ? undefined : turn.run;
}
