import { LeaseLostError } from '../errors.ts';
import type { RemovedItem, TableItem } from '../ledger/items.ts';
import { removal } from '../ledger/removed.ts';
import { type Clock, type LedgerStore, type Stored, withRetries } from '../ledger/store.ts';
import { held, leaseUntil } from '../ledger/table.ts';
import type { Lease } from '../merge/lead.ts';
import { type OperationItem, operationKey } from './item.ts';

export interface TableChange<Item> {
  item: Item;
  table: Partial<TableItem>;
  /** Further items of the same write. */
  more?: Stored[];
  /** Items that it removes. */
  gone?: Stored[];
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
    await ledger.write([item, next, ...(changed.more ?? [])], changed.gone);
    return { ...item, rev: item.rev + 1 };
  });
}

/** An operation that commits under a number of its own, as batches do. */
interface NumberedItem extends OperationItem {
  batch_seq?: number;
}

type Ports = Parameters<typeof withTable>[0];

const idOf = ({ pk }: OperationItem) => pk.slice(operationKey('').pk.length);

/**
 * Takes the number of the commit of an operation that takes rows out, under the lease, and leaves word of it in the ledger:
 * from here on the table may hold a part of what the operation does, whatever becomes of its run.
 */
export async function takeNumber<Item extends NumberedItem>(
  ports: Ports,
  lease: Lease,
  given: Item,
  kind: RemovedItem['kind'],
): Promise<Item> {
  return withTable(ports, lease, given, async (table) => {
    const seq = table.batch_seq + 1;
    const begun = { kind, operation: idOf(given), seq, since: seq, previous: table.removed_seq };
    return {
      item: { ...given, batch_seq: seq },
      // Marts look for removed rows from here on: if this run dies after its MERGE, the next batch shows what that removed.
      table: { batch_seq: seq, removed_seq: seq },
      more: [removal(lease.name, begun)],
    };
  });
}

/** Takes the word back that takeNumber has left: nothing was changed under the number, since its only statement was refused. */
export async function giveUpNumber(ports: Ports, lease: Lease, { pk, sk }: NumberedItem): Promise<void> {
  const { ledger } = ports;
  const item = await ledger.get<NumberedItem>(pk, sk);
  if (item?.batch_seq === undefined) return;
  const seq = item.batch_seq;
  const { pk: table, sk: key } = removal(lease.name, { kind: 'undo', operation: idOf(item), seq, since: seq });
  await withTable(ports, lease, item, async () => {
    const begun = await ledger.get<RemovedItem>(table, key);
    const next = { ...item, batch_seq: undefined, statement: undefined };
    // One that an earlier version has begun left no word.
    if (begun === undefined) return { item: next, table: {} };
    return { item: next, table: { removed_seq: begun.previous }, gone: [begun] };
  });
}
