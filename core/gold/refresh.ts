import { createHash } from 'node:crypto';
import { queryFailure } from '../athena-failure.ts';
import { QueryRejectedError, RetryableError, ServiceUnavailableError, TerminalError } from '../errors.ts';
import type { MartItem, SourceWatermark } from '../ledger/items.ts';
import { type LedgerStore, withRetries } from '../ledger/store.ts';
import { getTable } from '../ledger/table.ts';
import { fitSilver, type Lake } from '../merge/ensure.ts';
import { maxSqlBytes } from '../merge/statements.ts';
import { clientToken, poll, runQuery } from '../run-query.ts';
import { dirtyValues, withoutOldQuestion } from './dirty.ts';
import { ensureMart, wasTable } from './ensure.ts';
import { free, getMart, takeMart, writeMart } from './lease.ts';
import { isTable, type Mart, martsOf, readBy } from './mart.ts';
import { dropObsolete } from './obsolete.ts';
import { createView, type Datasets, dropMart, mergeMart, type Sources } from './statements.ts';

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
 * side, each under its own lease, then the views over them; views of silver that nobody asks for any more go. `running`:
 * call again. Repeating it finds the marts up to date, or resumes the statement under way.
 */
export async function refreshMarts(ports: GoldPorts, dataset: string, run: string): Promise<RefreshOutcome> {
  const marts = martsOf(ports.marts, dataset);
  const deadline = ports.clock.now().getTime() + ports.pollMilliseconds;
  const results = await Promise.allSettled(
    marts.filter(isTable).map((mart) => refreshTable(ports, mart, run, deadline).catch(planAnew)),
  );
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  if (errors.length > 0) throw errors.find((error) => !(error instanceof RetryableError)) ?? errors[0]!;
  if (results.some((result) => result.status === 'fulfilled' && result.value === 'running'))
    return { outcome: 'running', marts: [] };
  for (const mart of marts.filter((candidate) => !isTable(candidate))) await refreshView(ports, mart);
  await dropObsolete(ports, dataset);
  return { outcome: 'refreshed', marts: marts.map((mart) => mart.name) };
}

const built = (ports: GoldPorts, key: string[], sources: Sources, definition: string) => ({
  key,
  sources,
  definition,
  refreshed_at: ports.clock.now().toISOString(),
  asked: undefined,
  pending: undefined,
});

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
    let item = await takeMart(ports, mart.name, run);
    if (item === undefined) return 'running';
    const before = await committed(ports, mart);
    if (item.definition !== '' && (item.definition !== mart.definition || isRebuilt(item.sources, before))) {
      // From here on the table may be anything, until one full MERGE of some definition has succeeded.
      item = await writeMart(ports.ledger, { ...item, definition: '', sources: {}, asked: undefined });
    }
    // One that was not started, of a definition or a table that has been replaced since, is not started any more.
    const { pending: left } = item;
    const stale =
      left !== undefined &&
      left.query_id === undefined &&
      (left.definition !== mart.definition || isRebuilt(left.sources, before));
    if (item.pending === undefined || stale) {
      item = withoutOldQuestion(ports, item);
      const { asked } = item;
      const now = asked?.sources ?? (await committed(ports, mart));
      const next = await nextStatement(ports, mart, item, now, deadline);
      if (next === 'running') return 'running';
      const { sql } = next;
      const renewed = await takeMart(ports, mart.name, run);
      // That took longer than the lease, and somebody else was at it meanwhile.
      if (renewed?.rev !== next.item.rev + 1) continue;
      item = renewed;
      if (sql === undefined) {
        const done = { ...item, ...built(ports, mart.key, now, mart.definition) };
        await writeMart(ports.ledger, asked === undefined ? { ...done, ...free } : done);
        // Nothing had changed when the question was asked, which may be some time ago.
        if (asked !== undefined) continue;
        return 'refreshed';
      }
      const token = clientToken(mart.name, item.rev, ports.clock.now().toISOString());
      const pending = { sql, client_token: token, sources: now, definition: mart.definition, key: mart.key };
      item = await writeMart(ports.ledger, { ...item, asked: undefined, pending });
    }
    if ((await finish(ports, mart, item, deadline)) === 'running') return 'running';
  }
}

/** Starts the statement under way, or finds it started, and waits for its end; the item then says what was built. */
async function finish(ports: GoldPorts, mart: Mart, started: MartItem, deadline: number): Promise<'running' | 'built'> {
  const pending = started.pending!;
  const abandon = (item: MartItem) => writeMart(ports.ledger, { ...item, pending: undefined, ...free });
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
    item = await writeMart(ports.ledger, { ...item, pending: { ...pending, query_id: queryId } });
  }
  const status = await poll(ports.athena, ports.clock, queryId, Math.max(0, deadline - ports.clock.now().getTime()));
  if (status.state === 'running') return 'running';
  if (status.state !== 'succeeded') {
    await abandon(item);
    throw queryFailure(`refreshing gold.${mart.name}`, queryId, status);
  }
  await writeMart(ports.ledger, { ...item, ...built(ports, pending.key, pending.sources, pending.definition) });
  return 'built';
}

/** What the ledger says is committed of each source. */
async function committed(ports: GoldPorts, mart: Mart): Promise<Sources> {
  const entries = readBy(mart).map(async (source): Promise<[string, SourceWatermark]> => {
    const { committed, removed_seq, rebuilt_seq } = await getTable(ports.ledger, source);
    if (committed === undefined) return [source, { snapshot_id: null, batch_seq: 0 }];
    return [source, { ...committed, removed_seq, rebuilt_seq }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** One of the tables has been put in the place of the one that was read: its columns may be others, its snapshots are. */
const isRebuilt = (built: Sources, now: Sources): boolean =>
  Object.entries(now).some(([source, { rebuilt_seq = 0 }]) => rebuilt_seq > (built[source]?.batch_seq ?? 0));

/** The statement that brings the mart to `now`, with the item as it then is; undefined when it is there already. */
async function nextStatement(
  ports: GoldPorts,
  mart: Mart,
  item: MartItem,
  now: Sources,
  deadline: number,
): Promise<'running' | { item: MartItem; sql: string | undefined }> {
  const known = item.definition === mart.definition;
  const same = readBy(mart).every((source) => item.sources[source]?.batch_seq === now[source]!.batch_seq);
  if (known && same) return { item, sql: undefined };
  const { columns, fresh } = await ensureMart(ports, mart, now, item);
  const dirty = known && !fresh ? await dirtyValues(ports, mart, item, now, deadline) : { item, values: undefined };
  if (dirty === 'running') return 'running';
  if (dirty.values?.length === 0) return { item: dirty.item, sql: undefined };
  const sql = mergeMart(ports, mart, columns, now, dirty.values);
  const fits = Buffer.byteLength(sql) <= maxSqlBytes;
  return { item: dirty.item, sql: fits ? sql : mergeMart(ports, mart, columns, now, undefined) };
}

/**
 * A table may be put in the place of another between what the ledger says and the query: the next call reads the ledger
 * anew.
 */
function planAnew(error: unknown): never {
  const gone = error instanceof QueryRejectedError && /snapshot id does not exist/i.test(error.message);
  throw gone
    ? new ServiceUnavailableError(`the source was replaced meanwhile: ${error.message}`, { cause: error })
    : error;
}

/**
 * A view is made anew when its text has changed, or what it reads: another table than before, or a mart with other types,
 * since a view keeps the types of the day it was made.
 */
async function refreshView(ports: GoldPorts, mart: Mart): Promise<void> {
  const { catalog, databases } = ports;
  const item = await getMart(ports.ledger, mart.name);
  const now = await committed(ports, mart);
  const sql = createView(ports, mart);
  const marts = mart.sources.filter((source) => !(source in ports.datasets)).sort();
  const types = await Promise.all(marts.map((source) => catalog.columns(databases.gold, source)));
  const definition = createHash('sha256')
    .update(JSON.stringify([sql, types]))
    .digest('hex')
    .slice(0, 16);
  const same = item.definition === definition && !isRebuilt(item.sources, now);
  if (same && (await catalog.exists(databases[mart.layer], mart.name))) return;
  const datasets = readBy(mart).filter((source) => source in ports.datasets);
  await Promise.all(datasets.map((source) => fitSilver(ports, ports.datasets[source]!)));
  if (wasTable(item)) await runQuery(ports.athena, ports.clock, `dropping gold.${mart.name}`, dropMart(ports, mart));
  const make = () => runQuery(ports.athena, ports.clock, `creating the view ${mart.layer}.${mart.name}`, sql);
  // Leaders of several datasets may make the same view for the first time at once; then there is one to replace.
  await make().catch((error: unknown) => {
    if (error instanceof QueryRejectedError) return make();
    throw error;
  });
  await withRetries(ports.clock, async () => {
    await ports.ledger.write([
      { ...(await getMart(ports.ledger, mart.name)), ...built(ports, mart.key, now, definition) } as MartItem,
    ]);
  });
}
