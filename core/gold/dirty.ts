import { queryFailure } from '../athena-failure.ts';
import { QueryRejectedError } from '../errors.ts';
import type { MartItem } from '../ledger/items.ts';
import { maxSqlBytes } from '../merge/statements.ts';
import type { QueryStatus } from '../ports.ts';
import { clientToken, poll } from '../run-query.ts';
import { writeMart } from './lease.ts';
import type { Mart } from './mart.ts';
import type { GoldPorts } from './refresh.ts';
import { dirtyQuery, maxDirty, type Sources } from './statements.ts';

/** Athena ends a query after half an hour, and does not keep answers for ever. */
const answerSeconds = 3600;

/** The item without a question that was asked so long ago that nobody should wait for its answer. */
export function withoutOldQuestion(ports: GoldPorts, item: MartItem): MartItem {
  const { asked } = item;
  if (asked === undefined) return item;
  const age = (ports.clock.now().getTime() - Date.parse(asked.at)) / 1000;
  return age > answerSeconds ? { ...item, asked: undefined } : item;
}

/**
 * Dirty values of the refresh column, with the item as it then is; undefined when everything must be recomputed. The
 * question is remembered, so `running` means: call again, with what it was asked about as `now`.
 */
export async function dirtyValues(
  ports: GoldPorts,
  mart: Mart,
  item: MartItem,
  now: Sources,
  deadline: number,
): Promise<'running' | { item: MartItem; values: string[] | undefined }> {
  if (!('column' in mart.refresh)) return { item, values: undefined };
  if (item.asked === undefined) {
    const sql = dirtyQuery(ports, mart, item.sources, now);
    if (sql === null) return { item, values: [] };
    if (Buffer.byteLength(sql) > maxSqlBytes) return { item, values: undefined };
    const asked = await ask(ports, mart, item, now, sql);
    return asked === undefined ? { item, values: undefined } : answer(ports, mart, asked, deadline);
  }
  return answer(ports, mart, item, deadline);
}

async function ask(
  ports: GoldPorts,
  mart: Mart,
  item: MartItem,
  now: Sources,
  sql: string,
): Promise<MartItem | undefined> {
  const at = ports.clock.now().toISOString();
  try {
    const query_id = await ports.athena.start(sql, clientToken(mart.name, 'dirty', item.rev, at));
    return await writeMart(ports.ledger, { ...item, asked: { query_id, at, sources: now } });
  } catch (error) {
    if (isSnapshotGone(error)) return undefined;
    throw error;
  }
}

/** The snapshot that the mart was built from has expired: its old rows cannot be seen any more. */
const isSnapshotGone = (error: unknown) => error instanceof QueryRejectedError && /snapshot/i.test(error.message);

async function answer(
  ports: GoldPorts,
  mart: Mart,
  item: MartItem,
  deadline: number,
): Promise<'running' | { item: MartItem; values: string[] | undefined }> {
  const { query_id } = item.asked!;
  const left = Math.max(0, deadline - ports.clock.now().getTime());
  const status = await poll(ports.athena, ports.clock, query_id, left);
  if (status.state === 'running') return 'running';
  if (status.state !== 'succeeded') return unanswered(ports, mart, item, status);
  const values = (await ports.athena.rows(query_id)).map(([value]) => value);
  // A null cannot be named in IN (…): the full statement decides, and fails if a key of the mart is really null.
  if (values.length > maxDirty || values.includes(null)) return { item, values: undefined };
  return { item, values: values as string[] };
}

/** After a failure the next call asks anew. */
async function unanswered(
  ports: GoldPorts,
  mart: Mart,
  item: MartItem,
  status: QueryStatus & { state: 'failed' | 'cancelled' },
): Promise<{ item: MartItem; values: undefined }> {
  const failure = queryFailure(`finding what changed for gold.${mart.name}`, item.asked!.query_id, status);
  if (isSnapshotGone(failure)) return { item, values: undefined };
  await writeMart(ports.ledger, { ...item, asked: undefined });
  throw failure;
}
