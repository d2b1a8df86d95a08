import { queryFailure } from '../athena-failure.ts';
import { LeaseLostError, QueryRejectedError, RetryableError, TerminalError } from '../errors.ts';
import type { MartItem, SourceWatermark } from '../ledger/items.ts';
import { type LedgerStore, RevisionConflict, withRetries } from '../ledger/store.ts';
import { getTable, leaseSeconds } from '../ledger/table.ts';
import { fitSilver, type Lake } from '../merge/ensure.ts';
import { maxSqlBytes } from '../merge/statements.ts';
import { clientToken, poll, runQuery } from '../run-query.ts';
import { ensureMart } from './ensure.ts';
import { isTable, type Mart, martsOf } from './mart.ts';
import { createView, type Datasets, dirtyQuery, maxDirty, mergeMart, type Sources } from './statements.ts';

export interface GoldPorts extends Lake {
  ledger: LedgerStore;
  datasets: Datasets;
  marts: Mart[];
  /** How long one call may poll running queries before it returns `running`, in milliseconds. */
  pollMilliseconds: number;
}

export type RefreshOutcome = { outcome: 'running' | 'refreshed'; marts: string[] };

/**
 * Brings every mart that reads the dataset up to date with what the ledger says is committed. Tables first, side by
 * side, each under its own lease, then the views over them. `running`: call again. Repeating it finds the marts up to
 * date, or resumes the statement under way.
 */
export async function refreshMarts(ports: GoldPorts, dataset: string, run: string): Promise<RefreshOutcome> {
  const marts = martsOf(ports.marts, dataset);
  const deadline = ports.clock.now().getTime() + ports.pollMilliseconds;
  const results = await Promise.allSettled(
    marts.filter(isTable).map((mart) => refreshTable(ports, mart, run, deadline)),
  );
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  if (errors.length > 0) throw errors.find((error) => !(error instanceof RetryableError)) ?? errors[0]!;
  if (results.some((result) => result.status === 'fulfilled' && result.value === 'running'))
    return { outcome: 'running', marts: [] };
  for (const mart of marts.filter((candidate) => !isTable(candidate))) await refreshView(ports, mart);
  return { outcome: 'refreshed', marts: marts.map((mart) => mart.name) };
}

async function getMart(ports: GoldPorts, mart: Mart): Promise<MartItem> {
  const key = { pk: `mart#${mart.name}`, sk: 'state' as const };
  const item = await ports.ledger.get<MartItem>(key.pk, key.sk);
  return item ?? { ...key, rev: 0, sources: {}, definition: '', refreshed_at: '' };
}

/** Takes or renews the mart's lease: marts of several datasets have several leaders. Undefined: another run refreshes it. */
async function take(ports: GoldPorts, mart: Mart, run: string): Promise<MartItem | undefined> {
  return withRetries(ports.clock, async () => {
    const item = await getMart(ports, mart);
    const now = ports.clock.now();
    if (item.owner !== undefined && item.owner !== run && item.expires_at! > now.toISOString()) return undefined;
    const expires = new Date(now.getTime() + leaseSeconds * 1000).toISOString();
    const taken = { ...item, owner: run, expires_at: expires };
    await ports.ledger.write([taken]);
    return { ...taken, rev: taken.rev + 1 };
  });
}

/** Writes the mart's item as its holder; throws LeaseLostError when somebody else has written since. */
async function write(ports: GoldPorts, item: MartItem): Promise<MartItem> {
  try {
    await ports.ledger.write([item]);
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error;
    throw new LeaseLostError(`another run refreshes ${item.pk}`, { cause: error });
  }
  return { ...item, rev: item.rev + 1 };
}

const built = (ports: GoldPorts, key: string[], sources: Sources, definition: string) => ({
  key,
  sources,
  definition,
  refreshed_at: ports.clock.now().toISOString(),
  pending: undefined,
});

const free = { owner: undefined, expires_at: undefined };

/**
 * Refreshes until the mart is built from what is committed now: what another run has left under way is finished first,
 * and may be older than what this one asks for.
 */
async function refreshTable(
  ports: GoldPorts,
  mart: Mart,
  run: string,
  deadline: number,
): Promise<'running' | 'refreshed'> {
  for (;;) {
    let item = await take(ports, mart, run);
    if (item === undefined) return 'running';
    if (item.definition !== '' && item.definition !== mart.definition) {
      // From here on the table may be anything, until one full MERGE of some definition has succeeded.
      item = await write(ports, { ...item, definition: '', sources: {} });
    }
    // One that was not started, of a definition that has been replaced since, is not started any more.
    const stale = item.pending?.query_id === undefined && item.pending?.definition !== mart.definition;
    if (item.pending === undefined || stale) {
      const now = await committed(ports, mart);
      const sql = await nextStatement(ports, mart, item, now);
      const renewed = await take(ports, mart, run);
      // That took longer than the lease, and somebody else was at it meanwhile.
      if (renewed?.rev !== item.rev + 1) continue;
      item = renewed;
      if (sql === undefined) {
        await write(ports, { ...item, ...built(ports, mart.key, now, mart.definition), ...free });
        return 'refreshed';
      }
      const token = clientToken(mart.name, item.rev, ports.clock.now().toISOString());
      const pending = { sql, client_token: token, sources: now, definition: mart.definition, key: mart.key };
      item = await write(ports, { ...item, pending });
    }
    if ((await finish(ports, mart, item, deadline)) === 'running') return 'running';
  }
}

/** Starts the statement under way, or finds it started, and waits for its end; the item then says what was built. */
async function finish(ports: GoldPorts, mart: Mart, started: MartItem, deadline: number): Promise<'running' | 'built'> {
  const pending = started.pending!;
  const abandon = (item: MartItem) => write(ports, { ...item, pending: undefined, ...free });
  let item = started;
  let queryId = pending.query_id;
  if (queryId === undefined) {
    try {
      queryId = await ports.athena.start(pending.sql, pending.client_token);
    } catch (error) {
      // Kept, it would be sent again after the mart has been corrected.
      if (error instanceof TerminalError) await abandon(item);
      throw error;
    }
    item = await write(ports, { ...item, pending: { ...pending, query_id: queryId } });
  }
  const status = await poll(ports.athena, ports.clock, queryId, Math.max(0, deadline - ports.clock.now().getTime()));
  if (status.state === 'running') return 'running';
  if (status.state !== 'succeeded') {
    await abandon(item);
    throw queryFailure(`refreshing gold.${mart.name}`, queryId, status);
  }
  await write(ports, { ...item, ...built(ports, pending.key, pending.sources, pending.definition) });
  return 'built';
}

/** What the ledger says is committed of each source. */
async function committed(ports: GoldPorts, mart: Mart): Promise<Sources> {
  const entries = mart.sources.map(async (source): Promise<[string, SourceWatermark]> => {
    const { committed } = await getTable(ports.ledger, source);
    return [source, committed ?? { snapshot_id: null, batch_seq: 0 }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The statement that brings the mart to `now`; undefined when it is there already. */
async function nextStatement(ports: GoldPorts, mart: Mart, item: MartItem, now: Sources): Promise<string | undefined> {
  const known = item.definition === mart.definition;
  const same = mart.sources.every((source) => item.sources[source]?.batch_seq === now[source]!.batch_seq);
  if (known && same) return undefined;
  const { columns, fresh } = await ensureMart(ports, mart, now, item);
  const dirty = known && !fresh ? await dirtyValues(ports, mart, item.sources, now) : undefined;
  if (dirty?.length === 0) return undefined;
  const sql = mergeMart(ports, mart, columns, now, dirty);
  if (Buffer.byteLength(sql) <= maxSqlBytes) return sql;
  return mergeMart(ports, mart, columns, now, undefined);
}

/** Dirty values of the refresh column; undefined when everything must be recomputed. */
async function dirtyValues(ports: GoldPorts, mart: Mart, before: Sources, now: Sources): Promise<string[] | undefined> {
  if (!('column' in mart.refresh)) return undefined;
  const sql = dirtyQuery(ports, mart, before, now);
  if (sql === null) return [];
  try {
    const { queryId } = await runQuery(ports.athena, ports.clock, `finding what changed for gold.${mart.name}`, sql);
    const rows = await ports.athena.rows(queryId);
    const values = rows.map(([value]) => value);
    // A null cannot be named in IN (…): the full statement decides, and fails if a key of the mart is really null.
    if (values.length > maxDirty || values.includes(null)) return undefined;
    return values as string[];
  } catch (error) {
    if (error instanceof QueryRejectedError && snapshotGone.test(error.message)) return undefined;
    throw error;
  }
}

/** The snapshot that the mart was built from has expired: its old rows cannot be seen any more. */
const snapshotGone = /snapshot/i;

async function refreshView(ports: GoldPorts, mart: Mart): Promise<void> {
  const item = await getMart(ports, mart);
  if (item.definition === mart.definition && (await ports.catalog.exists(ports.databases.gold, mart.name))) return;
  const datasets = mart.sources.filter((source) => source in ports.datasets);
  await Promise.all(datasets.map((source) => fitSilver(ports, ports.datasets[source]!)));
  const sql = createView(ports, mart);
  await runQuery(ports.athena, ports.clock, `creating the view gold.${mart.name}`, sql);
  await withRetries(ports.clock, async () => {
    await ports.ledger.write([
      { ...(await getMart(ports, mart)), ...built(ports, mart.key, {}, mart.definition) } as MartItem,
    ]);
  });
}
