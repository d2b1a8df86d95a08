import { LeaseLostError } from '../errors.ts';
import type { Time } from '../ledger/items.ts';
import { type Clock, type LedgerStore, RevisionConflict, type Stored } from '../ledger/store.ts';

/**
 * Something that is done to a table beside the merging of files, in steps that a crash between any two must not harm.
 * Each kind keeps its own progress beside these.
 */
export interface OperationItem extends Stored {
  /** `operation#<id>` */
  pk: string;
  sk: 'state';
  kind: 'undo' | 'replay' | 'rollback' | 'maintain';
  dataset: string;
  /** ARN of the execution that is at it, or was last. */
  run: string;
  status: 'running' | 'done';
  /** The statement under way, or the last one. */
  statement?: Statement;
  bytes_scanned: number;
  started_at: Time;
  updated_at: Time;
  /** What came of it, once it is done. */
  result?: unknown;
}

export interface Statement {
  /** Which step of the operation it is; unique within the operation. */
  step: string;
  sql: string;
  client_token: string;
  query_id?: string;
  attempt: number;
  /** Once it has succeeded. */
  bytes_scanned?: number;
}

export const operationKey = (id: string) => ({ pk: `operation#${id}`, sk: 'state' as const });

export async function getOperation<Item extends OperationItem>(
  store: LedgerStore,
  id: string,
): Promise<Item | undefined> {
  const { pk, sk } = operationKey(id);
  return store.get<Item>(pk, sk);
}

/** The item of an operation that begins now. It is not in the ledger before it is written. */
export const newOperation = (
  clock: Clock,
  id: string,
  what: Pick<OperationItem, 'kind' | 'dataset' | 'run'>,
): OperationItem => {
  const at = clock.now().toISOString();
  return { ...operationKey(id), rev: 0, ...what, status: 'running', bytes_scanned: 0, started_at: at, updated_at: at };
};

/** Writes the item on condition that nobody else has since it was read; throws LeaseLostError. */
export async function writeOperation<Item extends OperationItem>(
  { ledger, clock }: { ledger: LedgerStore; clock: Clock },
  item: Item,
): Promise<Item> {
  const next = { ...item, updated_at: clock.now().toISOString() };
  try {
    await ledger.write([next]);
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error;
    throw new LeaseLostError(`another invocation works on ${item.pk}`, { cause: error });
  }
  return { ...next, rev: next.rev + 1 };
}
