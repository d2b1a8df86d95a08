import { queryFailure } from '../athena-failure.ts';
import { QueryRejectedError, RetryableError } from '../errors.ts';
import type { MartItem, SourceWatermark } from '../ledger/items.ts';
import { type LedgerStore, withRetries } from '../ledger/store.ts';
import { getTable, leaseSeconds } from '../ledger/table.ts';
import { ensureSilver, type Lake } from '../merge/ensure.ts';
import { clientToken, poll, runQuery } from '../run-query.ts';
import { isTable, type Mart, martsOf } from './mart.ts';
import { createMart, createView, type Datasets, dirtyQuery, maxDirty, mergeMart, type Sources } from './statements.ts';

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
    return write(ports, { ...item, owner: run, expires_at: expires });
  });
}

async function write(ports: GoldPorts, item: MartItem): Promise<MartItem> {
  await ports.ledger.write([item]);
  return { ...item, rev: item.rev + 1 };
}

const built = (ports: GoldPorts, item: MartItem, sources: Sources, definition: string): MartItem => ({
  ...item,
  sources,
  definition,
  refreshed_at: ports.clock.now().toISOString(),
  pending: undefined,
  owner: undefined,
  expires_at: undefined,
});

async function refreshTable(
  ports: GoldPorts,
  mart: Mart,
  run: string,
  deadline: number,
): Promise<'running' | 'refreshed'> {
  let item = await take(ports, mart, run);
  if (item === undefined) return 'running';
  if (item.pending === undefined) {
    const now = await committed(ports, mart);
    const sql = await nextStatement(ports, mart, item, now);
    if (sql === undefined) {
      await write(ports, built(ports, item, now, mart.definition));
      return 'refreshed';
    }
    const token = clientToken(mart.name, item.rev, ports.clock.now().toISOString());
    item = await write(ports, {
      ...item,
      pending: { sql, client_token: token, sources: now, definition: mart.definition },
    });
  }
  return finish(ports, mart, item, deadline);
}

/** Starts the statement under way, or finds it started, and waits for its end. */
async function finish(
  ports: GoldPorts,
  mart: Mart,
  started: MartItem,
  deadline: number,
): Promise<'running' | 'refreshed'> {
  let item = started;
  const pending = item.pending!;
  let queryId = pending.query_id;
  if (queryId === undefined) {
    queryId = await ports.athena.start(pending.sql, pending.client_token);
    item = await write(ports, { ...item, pending: { ...pending, query_id: queryId } });
  }
  const status = await poll(ports.athena, ports.clock, queryId, Math.max(0, deadline - ports.clock.now().getTime()));
  if (status.state === 'running') return 'running';
  if (status.state !== 'succeeded') {
    await write(ports, { ...item, pending: undefined, owner: undefined, expires_at: undefined });
    throw queryFailure(`refreshing gold.${mart.name}`, queryId, status);
  }
  await write(ports, built(ports, item, pending.sources, pending.definition));
  return 'refreshed';
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
  await Promise.all(mart.sources.map((source) => ensureSilver(ports, ports.datasets[source]!)));
  const { catalog, databases } = ports;
  const fresh = !(await catalog.exists(databases.gold, mart.name));
  if (fresh) {
    const ddl = createMart(ports.files, mart, databases, now, ports.bucket);
    await runQuery(ports.athena, ports.clock, `creating gold.${mart.name}`, ddl);
  }
  const columns = await catalog.columns(databases.gold, mart.name);
  const dirty = known && !fresh ? await dirtyValues(ports, mart, item.sources, now) : undefined;
  if (dirty?.length === 0) return undefined;
  return mergeMart(ports.files, mart, databases, columns, now, dirty);
}

/** Dirty values of the refresh column; undefined when everything must be recomputed. */
async function dirtyValues(ports: GoldPorts, mart: Mart, before: Sources, now: Sources): Promise<string[] | undefined> {
  if (!('column' in mart.refresh)) return undefined;
  const sql = dirtyQuery(ports.files, mart, ports.datasets, ports.databases, before, now);
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
  await Promise.all(datasets.map((source) => ensureSilver(ports, ports.datasets[source]!)));
  const sql = createView(ports.files, mart, ports.datasets, ports.databases);
  await runQuery(ports.athena, ports.clock, `creating the view gold.${mart.name}`, sql);
  await withRetries(ports.clock, async () =>
    write(ports, built(ports, await getMart(ports, mart), {}, mart.definition)),
  );
}
