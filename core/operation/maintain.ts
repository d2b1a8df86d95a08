import { z } from 'zod';
import type { Dataset } from '../contract/dataset.ts';
import { QueryRejectedError, TerminalError } from '../errors.ts';
import { isTable, type Mart } from '../gold/mart.ts';
import type { Time } from '../ledger/items.ts';
import type { Lake } from '../merge/ensure.ts';
import type { WakePorts } from '../pipeline/wake.ts';
import { renderSql } from '../sql/render.ts';
import { getOperation, newOperation, type OperationItem, writeOperation } from './item.ts';
import { goldHold, type Hold, silverHold } from './maintain-hold.ts';
import { type OperationPorts, runStatement } from './statement.ts';

export interface MaintainPorts extends Lake, OperationPorts, WakePorts {
  datasets: Record<string, Dataset>;
  marts: Mart[];
  /** How long one call may go on before it gives the workflow its turn, in milliseconds. */
  pollMilliseconds: number;
}

/** Input of the state machine: the tables to maintain, as `silver.orders` or `gold.daily_revenue`; left out: all. */
export const MaintainInput = z.object({
  input: z.looseObject({ tables: z.array(z.string()).nonempty().optional() }),
  run: z.string(),
});

interface MaintainItem extends OperationItem {
  /** Tables that are still to be done, the present one first. */
  left: string[];
  phase: 'optimize' | 'vacuum';
  /** Athena rewrites a large table in several rounds. */
  round: number;
  /** Since when the present table's lease has been waited for. */
  waits_since?: Time;
  finished: Finished[];
}

export interface Finished {
  table: string;
  outcome: 'maintained' | 'busy' | 'failed';
  error?: string;
}

export interface Maintained {
  /** waiting, running: call again; done → Succeed. */
  outcome: 'waiting' | 'running' | 'done';
  tables: Finished[];
}

/** A table that is not free for so long is left for the next night. */
const patienceSeconds = 1800;

/** What Athena says, as a failure, when it has done a part and wants to be asked again. */
const moreRuns = /ICEBERG_(OPTIMIZE|VACUUM)_MORE_RUNS_NEEDED/;

/**
 * Compacts tables and expires their old snapshots, one after the other, each under the lease that merges take, which is
 * given back between rounds. Repeated, it goes on where it was. One table's failure does not keep the others; at the end
 * it throws what failed, and called again tries just that.
 */
export async function maintainTables(
  ports: MaintainPorts,
  only: string[] | undefined,
  run: string,
): Promise<Maintained> {
  const deadline = ports.clock.now().getTime() + ports.pollMilliseconds;
  const id = `maintain-${run.split(':').at(-1)}`;
  let item = (await getOperation<MaintainItem>(ports.ledger, id)) ?? (await begin(ports, id, only, run));
  while (item.left.length > 0) {
    const hold = holdOf(ports, item.left[0]!, run);
    if (!(await hold.take())) {
      const since = item.waits_since ?? ports.clock.now().toISOString();
      const waited = (ports.clock.now().getTime() - Date.parse(since)) / 1000;
      if (waited <= patienceSeconds) {
        if (item.waits_since === undefined) await writeOperation(ports, { ...item, waits_since: since });
        return { outcome: 'waiting', tables: item.finished };
      }
      await hold.release();
      item = await finish(ports, item, { table: item.left[0]!, outcome: 'busy' });
      continue;
    }
    const next = await step(ports, item, hold, deadline);
    if (next === 'running') return { outcome: 'running', tables: item.finished };
    item = next;
    if (ports.clock.now().getTime() > deadline && item.left.length > 0)
      return { outcome: 'running', tables: item.finished };
  }
  return end(ports, item);
}

async function begin(ports: MaintainPorts, id: string, only: string[] | undefined, run: string): Promise<MaintainItem> {
  const all = [
    ...Object.keys(ports.datasets).map((name) => `silver.${name}`),
    ...ports.marts.filter(isTable).map(({ name }) => `gold.${name}`),
  ];
  const unknown = (only ?? []).filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    throw new QueryRejectedError(`there is no table ${unknown.join(', ')} to maintain; there are: ${all.join(', ')}`);
  }
  const there = await Promise.all((only ?? all).map((name) => exists(ports, name)));
  const left = (only ?? all).filter((_, index) => there[index]);
  const fresh = newOperation(ports.clock, id, { kind: 'maintain', dataset: '-', run });
  return writeOperation<MaintainItem>(ports, { ...fresh, left, phase: 'optimize', round: 1, finished: [] });
}

const parts = (name: string) => name.split('.') as ['silver' | 'gold', string];

function exists(ports: MaintainPorts, name: string): Promise<boolean> {
  const [area, table] = parts(name);
  return ports.catalog.exists(ports.databases[area], table);
}

function holdOf(ports: MaintainPorts, name: string, run: string): Hold {
  const [area, table] = parts(name);
  return area === 'silver' ? silverHold(ports, table, run) : goldHold(ports, table, run);
}

/** One statement for the first table that is left, as far as the time allows. */
async function step(
  ports: MaintainPorts,
  item: MaintainItem,
  hold: Hold,
  deadline: number,
): Promise<MaintainItem | 'running'> {
  const [area, table] = parts(item.left[0]!);
  const sql = renderSql(ports.files[`maintain/${item.phase}`]!, {
    identifiers: { target: `${ports.databases[area]}.${table}` },
  });
  const what = `${item.phase} of ${item.left[0]}`;
  try {
    const key = `${item.phase} ${item.left[0]} ${item.round}`;
    const ran = await runStatement(ports, item, key, what, sql, deadline);
    if (ran.outcome === 'running') return 'running';
    await hold.committed();
    await hold.release();
    const { item: now } = ran;
    if (item.phase === 'vacuum') return await finish(ports, now, { table: item.left[0]!, outcome: 'maintained' });
    return await writeOperation<MaintainItem>(ports, { ...now, phase: 'vacuum', round: 1, waits_since: undefined });
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    const now = (await ports.ledger.get<MaintainItem>(item.pk, item.sk))!;
    await hold.committed();
    await hold.release();
    if (moreRuns.test(error.message)) {
      return writeOperation<MaintainItem>(ports, { ...now, round: item.round + 1, waits_since: undefined });
    }
    return finish(ports, now, { table: item.left[0]!, outcome: 'failed', error: `${error.name}: ${error.message}` });
  }
}

function finish(ports: MaintainPorts, item: MaintainItem, finished: Finished): Promise<MaintainItem> {
  const rest = { left: item.left.slice(1), phase: 'optimize', round: 1, waits_since: undefined } as const;
  return writeOperation<MaintainItem>(ports, { ...item, ...rest, finished: [...item.finished, finished] });
}

async function end(ports: MaintainPorts, item: MaintainItem): Promise<Maintained> {
  const failed = item.finished.filter(({ outcome }) => outcome === 'failed');
  if (failed.length > 0) {
    const finished = item.finished.filter(({ outcome }) => outcome !== 'failed');
    await writeOperation<MaintainItem>(ports, { ...item, left: failed.map(({ table }) => table), finished });
    throw new QueryRejectedError(failed.map(({ table, error }) => `${table}: ${error}`).join('; '));
  }
  if (item.status !== 'done') await writeOperation(ports, { ...item, status: 'done' });
  return { outcome: 'done', tables: item.finished };
}
