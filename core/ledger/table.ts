import { InvalidInputError, LeaseLostError, QueryRejectedError } from '../errors.ts';
import { fileState, getFile } from './files.ts';
import type { BatchItem, FileItem, StagedItem, TableItem } from './items.ts';
import { type Clock, type LedgerStore, withRetries } from './store.ts';

/** How long a lease outlives its last renewal. A leader renews at every step and at every poll. */
export const leaseSeconds = 300;

const digits = (seq: number) => String(seq).padStart(12, '0');
export const tableKey = (table: string) => `table#${table}`;
export const stagedKey = (seq: number) => `staged#${digits(seq)}`;
export const batchKey = (toSeq: number) => `batch#${digits(toSeq)}`;

export async function getTable(store: LedgerStore, table: string): Promise<TableItem> {
  const item = await store.get<TableItem>(tableKey(table), 'lease');
  return (
    item ?? { pk: tableKey(table), sk: 'lease', rev: 0, staged_seq: 0, planned_seq: 0, batch_seq: 0, token: 0, led: 0 }
  );
}

/**
 * Stages a file as its last finished validation left it: one transaction of the file, the queue entry and the table's
 * counter. A file that is staged already keeps the stage id it has, so when a file was validated twice the ledger names
 * the winner; one whose batch failed is staged anew. Throws InvalidInputError for a file that has no valid validation or
 * was undone, and QueryRejectedError for one that another run has found to be the one that its batch failed of.
 */
export async function stageFile(store: LedgerStore, clock: Clock, fileId: string): Promise<FileItem> {
  return withRetries(clock, async () => {
    const file = await getFile(store, fileId);
    if (file === undefined) throw new Error(`the ledger has no file ${fileId}`);
    if (file.verdict !== undefined) {
      // Told once, to the run that now fails with it: whoever runs the file again tries again.
      await store.write([{ ...file, verdict: undefined } as FileItem]);
      throw new QueryRejectedError(file.verdict.message);
    }
    const { state } = await fileState(store, file);
    if (state === 'undone') {
      throw new InvalidInputError(
        `file ${fileId} was taken out of the lake; \`tributary rerun ${fileId} --again\` brings it back`,
      );
    }
    if (state === 'staged' && file.error !== undefined) {
      // Its run is at it again: the error must not keep it from being woken.
      const again = { ...file, error: undefined };
      await store.write([again]);
      return again;
    }
    if (state === 'staged' || state === 'merged' || state === 'done') return file;
    if (state === 'rejected' || file.validated === undefined) {
      throw new InvalidInputError(`file ${fileId} is ${state} and has no validation to merge: start a new run for it`);
    }
    const table = await getTable(store, file.dataset);
    const seq = table.staged_seq + 1;
    const { counts, ...queued } = file.validated;
    const staged: StagedItem = {
      pk: table.pk,
      sk: stagedKey(seq),
      rev: 0,
      staged_seq: seq,
      file_id: fileId,
      ...queued,
    };
    const next: FileItem = {
      ...file,
      status: 'staged',
      stage_id: queued.stage_id,
      staged_seq: seq,
      counts,
      error: undefined,
      updated_at: clock.now().toISOString(),
    };
    await store.write([next, staged, { ...table, staged_seq: seq } as TableItem]);
    return next;
  });
}

/** The batch that holds a staged file, found by its sequence number; undefined while it is not planned. */
export async function batchOf(store: LedgerStore, table: string, seq: number): Promise<BatchItem | undefined> {
  const [batch] = await store.query<BatchItem>(tableKey(table), { from: batchKey(seq), to: 'batch#~', limit: 1 });
  return batch !== undefined && batch.from_seq <= seq ? batch : undefined;
}

/** The queue entries of a batch, oldest first. */
export async function entriesOf(store: LedgerStore, batch: BatchItem): Promise<StagedItem[]> {
  return store.query<StagedItem>(batch.pk, { from: stagedKey(batch.from_seq), to: stagedKey(batch.to_seq) });
}

/** What the end of the open batch changes: the next part of a batch that was split is open then. */
export const batchEnded = ({ split = [] }: TableItem): Partial<TableItem> => ({
  open_batch: split[0],
  split: split.length > 1 ? split.slice(1) : undefined,
});

/** Notes days whose report pages are to be made anew: a change of the table's item. */
export const withPages = ({ pages = [] }: TableItem, days: string[]): Partial<TableItem> => ({
  pages: [...new Set([...pages, ...days])].sort(),
});

/** Notes them outside a batch: days that whoever took them over had no time for. */
export async function notePages(store: LedgerStore, clock: Clock, name: string, days: string[]): Promise<void> {
  await withRetries(clock, async () => {
    const table = await getTable(store, name);
    await store.write([{ ...table, ...withPages(table, days) } as TableItem]);
  });
}

/** Takes over those days, once there are so many: whoever has them makes the pages. */
export async function takePages(store: LedgerStore, clock: Clock, name: string, atLeast: number): Promise<string[]> {
  return withRetries(clock, async () => {
    const { pages = [], ...table } = await getTable(store, name);
    if (pages.length < atLeast) return [];
    await store.write([table as TableItem]);
    return pages;
  });
}

/** Staged files with a sequence number above `after` (those in no batch yet, unless told), oldest first. */
export async function waiting(
  store: LedgerStore,
  table: TableItem,
  limit: number,
  after = table.planned_seq,
): Promise<StagedItem[]> {
  if (table.staged_seq <= after) return [];
  return store.query<StagedItem>(table.pk, {
    from: stagedKey(after + 1),
    to: stagedKey(table.staged_seq),
    limit,
  });
}

export const leaseUntil = (clock: Clock) => new Date(clock.now().getTime() + leaseSeconds * 1000).toISOString();

/** Nobody holds the lease, or whoever did has not renewed it in time. */
export const isIdle = (table: TableItem, clock: Clock): boolean =>
  table.owner === undefined || table.expires_at! <= clock.now().toISOString();

/**
 * Takes or renews the lease: one writer a table. Returns the table with this run as owner, or, when another run leads,
 * that run's ARN. A new holder gets a new fencing token.
 */
export async function lead(
  store: LedgerStore,
  clock: Clock,
  name: string,
  run: string,
): Promise<{ table: TableItem } | { leader: string }> {
  return withRetries(clock, async () => {
    const table = await getTable(store, name);
    if (table.owner !== run && !isIdle(table, clock)) return { leader: table.owner! };
    const renewed = table.owner === run;
    const next: TableItem = {
      ...table,
      owner: run,
      expires_at: leaseUntil(clock),
      token: renewed ? table.token : table.token + 1,
      led: renewed ? table.led : 0,
    };
    await store.write([next]);
    return { table: { ...next, rev: next.rev + 1 } };
  });
}

/** Reads the table on condition that the lease is still this run's with this token; throws LeaseLostError. */
export async function held(store: LedgerStore, name: string, run: string, token: number): Promise<TableItem> {
  const table = await getTable(store, name);
  if (table.owner !== run || table.token !== token) {
    throw new LeaseLostError(`the lease of ${name} went to ${table.owner ?? 'nobody'} while ${run} worked`);
  }
  return table;
}

/** Extends the lease; throws LeaseLostError when it is no longer this run's. */
export async function renew(
  store: LedgerStore,
  clock: Clock,
  name: string,
  run: string,
  token: number,
): Promise<TableItem> {
  return withRetries(clock, async () => {
    const next: TableItem = { ...(await held(store, name, run, token)), expires_at: leaseUntil(clock) };
    await store.write([next]);
    return { ...next, rev: next.rev + 1 };
  });
}

/**
 * Gives the lease back if it is this run's and no file was staged that no batch holds. False: there is more to merge.
 * Handing over (`evenIf` true) gives it back all the same.
 */
export async function release(
  store: LedgerStore,
  clock: Clock,
  name: string,
  run: string,
  evenIf = false,
): Promise<boolean> {
  return withRetries(clock, async () => {
    const table = await getTable(store, name);
    if (table.owner !== run) return true;
    const idle = table.open_batch === undefined && table.staged_seq === table.planned_seq;
    if (!idle && !evenIf) return false;
    await store.write([{ ...table, owner: undefined, expires_at: undefined } as TableItem]);
    return true;
  });
}

/**
 * Writes a batch, whatever goes with it and more batches that depend on it, fenced: only while the lease is this run's with this token. The table's
 * revision is part of the condition, so a new holder makes it fail.
 */
export async function writeBatch(
  store: LedgerStore,
  clock: Clock,
  lease: { name: string; run: string; token: number },
  batch: BatchItem,
  change: (table: TableItem) => Partial<TableItem> = () => ({}),
  more: BatchItem[] = [],
): Promise<BatchItem> {
  return withRetries(clock, async () => {
    const table = await held(store, lease.name, lease.run, lease.token);
    const stored = await store.get<BatchItem>(batch.pk, batch.sk);
    if ((stored?.rev ?? 0) !== batch.rev)
      throw new LeaseLostError(`another invocation of ${lease.run} works on ${batch.sk}`);
    await store.write([batch, ...more, { ...table, ...change(table), expires_at: leaseUntil(clock) } as TableItem]);
    return { ...batch, rev: batch.rev + 1 };
  });
}

/** Changes the table's item, fenced: only while the lease is this run's with this token; throws LeaseLostError. */
export async function writeTable(
  store: LedgerStore,
  clock: Clock,
  lease: { name: string; run: string; token: number },
  change: (table: TableItem) => Partial<TableItem>,
): Promise<TableItem> {
  return withRetries(clock, async () => {
    const table = await held(store, lease.name, lease.run, lease.token);
    const next: TableItem = { ...table, ...change(table), expires_at: leaseUntil(clock) };
    await store.write([next]);
    return { ...next, rev: next.rev + 1 };
  });
}
