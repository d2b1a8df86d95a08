import type { BatchItem, MartItem, Time } from '../../core/ledger/items.ts';
import type { LedgerStore } from '../../core/ledger/store.ts';
import { batchKey, getTable } from '../../core/ledger/table.ts';

export interface Holder {
  /** ARN of the execution. */
  run: string;
  /** `GONE`: there is no such execution any more. */
  status: string;
  /** Object that the run is about, if it is about one. */
  key?: string;
}

export interface LeaseFacts {
  name: string;
  kind: 'table' | 'mart';
  state: 'free' | 'held' | 'expired';
  holder?: Holder;
  expires_at?: Time;
  token?: number;
  batch?: OpenBatch;
  /** Parts of a batch that was split, still to be merged. */
  split: number;
  /** Files that are staged and in no batch yet. */
  waiting: number;
  /** The operation that has the next turn. */
  turn?: { run: string; expires_at: Time };
  /** Statement under way, of a mart. */
  query_id?: string;
}

export interface OpenBatch {
  batch_seq: number;
  files: number;
  status: string;
  attempt: number;
  query_id?: string;
}

type Leased = { owner?: string; expires_at?: Time };

async function lease({ owner, expires_at }: Leased, now: Date, holderOf: (arn: string) => Promise<Holder>) {
  if (owner === undefined) return { state: 'free' as const };
  const state = expires_at! <= now.toISOString() ? ('expired' as const) : ('held' as const);
  return { state, holder: await holderOf(owner), expires_at };
}

/** The lease of a dataset's silver table. */
export async function tableLease(
  ledger: LedgerStore,
  name: string,
  now: Date,
  holderOf: (arn: string) => Promise<Holder>,
): Promise<LeaseFacts> {
  const table = await getTable(ledger, name);
  const open =
    table.open_batch === undefined ? undefined : await ledger.get<BatchItem>(table.pk, batchKey(table.open_batch));
  const turn = table.turn !== undefined && table.turn.expires_at > now.toISOString() ? table.turn : undefined;
  return {
    name,
    kind: 'table',
    ...(await lease(table, now, holderOf)),
    token: table.token,
    ...(open && { batch: batchFacts(open) }),
    split: table.split?.length ?? 0,
    waiting: table.staged_seq - table.planned_seq,
    ...(turn && { turn }),
  };
}

const batchFacts = ({ batch_seq, file_ids, status, attempt, query_id }: BatchItem): OpenBatch => ({
  batch_seq,
  files: file_ids.length,
  status,
  attempt,
  ...(query_id !== undefined && { query_id }),
});

/** The lease of a mart's gold table. */
export async function martLease(
  ledger: LedgerStore,
  name: string,
  now: Date,
  holderOf: (arn: string) => Promise<Holder>,
): Promise<LeaseFacts> {
  const mart = (await ledger.get<MartItem>(`mart#${name}`, 'state')) ?? ({} as Partial<MartItem>);
  const query = mart.pending?.query_id ?? mart.asked?.query_id;
  return {
    ...{ name, kind: 'mart', split: 0, waiting: 0, ...(await lease(mart, now, holderOf)) },
    ...(query !== undefined && { query_id: query }),
  };
}
