import { getFile } from '../ledger/files.ts';
import type { BatchItem, TableItem } from '../ledger/items.ts';
import { withRetries } from '../ledger/store.ts';
import { batchKey, getTable, isIdle, leaseUntil, writeBatch, writeTable } from '../ledger/table.ts';
import { reservedFor, type TurnOutcome, takeTurn } from '../ledger/turn.ts';
import type { Lease } from '../merge/lead.ts';
import { runInput } from '../pipeline/keys.ts';
import type { ReplayPorts } from './replay-begin.ts';

/**
 * Takes the table's turn as other operations do, and also while a batch is open that has not begun and that nobody leads:
 * when the contract does not fit the table any more, such a batch can only go on once the new table is there. A batch that
 * has begun and lost its leader is given another.
 */
export async function takeReplayTurn(ports: ReplayPorts, dataset: string, run: string): Promise<TurnOutcome> {
  const { ledger, clock } = ports;
  const turn = await takeTurn(ledger, clock, dataset, run);
  if ('lease' in turn || turn.waitsFor !== undefined) return turn;
  return withRetries(clock, async () => {
    const table = await getTable(ledger, dataset);
    const batch = await openBatch(ports, table);
    if (!isIdle(table, clock) || reservedFor(table, clock, run) !== undefined || batch === undefined) return turn;
    if (!hasNotBegun(batch)) {
      await wake(ports, batch);
      return turn;
    }
    const next = {
      ...table,
      owner: run,
      expires_at: leaseUntil(clock),
      token: table.token + 1,
      led: 0,
      turn: undefined,
    };
    await ledger.write([next as TableItem]);
    return { lease: { name: dataset, run, token: next.token }, table: { ...next, rev: next.rev + 1 } as TableItem };
  });
}

const hasNotBegun = (batch: BatchItem): boolean => batch.status === 'planned' && batch.query_id === undefined;

async function openBatch({ ledger }: ReplayPorts, table: TableItem): Promise<BatchItem | undefined> {
  return table.open_batch === undefined ? undefined : ledger.get<BatchItem>(table.pk, batchKey(table.open_batch));
}

/** Failing runs must not wake each other for ever: after a failure the next run of a batch has to wait, in milliseconds. */
const pause = 900_000;

async function wake({ ledger, clock, startRun }: ReplayPorts, batch: BatchItem): Promise<void> {
  const file = await getFile(ledger, batch.file_ids[0]!);
  if (file === undefined) return;
  const failing = file.error !== undefined && clock.now().getTime() - Date.parse(file.updated_at) < pause;
  if (!failing) await startRun(JSON.stringify(runInput(file)));
}

/** What a commit to silver that is no batch leaves in the table's item: its number, the next one. */
export interface Commit {
  snapshot_id: string;
  columns: string[];
  /** Columns that tell its rows apart. */
  identity: string[];
}

/**
 * Records that readers see another table: one more commit, from which every mart is rebuilt. A batch that was planned for
 * the old table begins anew, with a number of its own behind this one.
 */
export async function commitSwap(ports: ReplayPorts, lease: Lease, { identity, ...commit }: Commit): Promise<number> {
  const { ledger, clock } = ports;
  const table = await getTable(ledger, lease.name);
  const batch = await openBatch(ports, table);
  const seq = table.batch_seq + 1;
  const change = {
    identity,
    committed: { ...commit, batch_seq: seq },
    rebuilt_seq: seq,
    rebuilt_snapshot: commit.snapshot_id,
  };
  if (batch === undefined) {
    await writeTable(ledger, clock, lease, () => ({ ...change, batch_seq: seq }));
  } else {
    const again: BatchItem = { ...batch, batch_seq: seq + 1, part: 0, status: 'planned', sql: undefined };
    await writeBatch(ledger, clock, lease, again, () => ({ ...change, batch_seq: seq + 1 }));
  }
  return seq;
}
