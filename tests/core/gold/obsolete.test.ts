import { describe, expect, it } from '@jest/globals';
import { readSqlFiles } from '../../../aws/project-files.ts';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { QueryRejectedError } from '../../../core/errors.ts';
import { parseMarts } from '../../../core/gold/mart.ts';
import { type GoldPorts, refreshMarts } from '../../../core/gold/refresh.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';
import { orders } from '../pipeline/world.ts';

const customers: Dataset = { ...orders, name: 'customers' };
const refers = (onOrphan: 'flag' | 'hold'): Dataset => ({
  ...orders,
  references: [{ column: 'order_id', dataset: 'customers', parentColumn: 'order_id', onOrphan }],
});
const holding = { orders: refers('hold'), customers };
const flagging = { orders: refers('flag'), customers };

/** A catalog of views, as statements make and drop them. */
function world() {
  const ledger = memoryStore();
  const views = new Set<string>();
  const sent: string[] = [];
  const control = { refuse: '' };
  const ports = (datasets: Record<string, Dataset>): GoldPorts => ({
    ledger,
    clock: handClock(),
    athena: {
      async start(sql) {
        sent.push(sql);
        if (control.refuse !== '' && sql.startsWith(control.refuse)) throw new QueryRejectedError('refused');
        const [, made] = /^create or replace view (\S+)/.exec(sql) ?? [];
        const [, gone] = /^drop view if exists (\S+)/.exec(sql) ?? [];
        if (made !== undefined) views.add(made);
        if (gone !== undefined) views.delete(gone);
        return `q${sent.length}`;
      },
      get: async () => ({ state: 'succeeded', bytesScanned: 0 }),
      rows: async () => [],
      columns: async () => [],
    },
    catalog: {
      exists: async (database, name) => name in datasets || views.has(`${database}.${name}`),
      columns: async () => undefined,
      currentSnapshot: async () => null,
      ensureStagingTable: async () => undefined,
      registerQuarantine: async () => undefined,
    },
    files: readSqlFiles(),
    databases: { staging: 'st', silver: 'si', gold: 'go', ops: 'op' },
    bucket: 'lake',
    datasets,
    marts: parseMarts({}, datasets),
    pollMilliseconds: 0,
  });
  const refresh = (datasets: Record<string, Dataset>) => refreshMarts(ports(datasets), 'orders', 'run1');
  return { refresh, views, sent, control, ledger };
}

describe('views of silver', () => {
  it('are dropped when the contract does not ask for them any more, once, and made again when it does', async () => {
    const { refresh, views, sent } = world();
    await refresh(holding);
    expect([...views]).toEqual(['si.orders_current', 'si.orders_held']);

    await refresh(flagging);
    await refresh(flagging);
    const left = [...views];
    await refresh(holding);

    expect(left).toEqual([]);
    expect(sent.filter((sql) => sql.startsWith('drop view'))).toHaveLength(2);
    expect([...views]).toEqual(['si.orders_current', 'si.orders_held']);
  });

  it('stay when another dataset has such a name, or when nobody knows of them', async () => {
    const { refresh, views, sent } = world();
    await refresh(holding);
    views.add('si.orders_history');

    await refresh({ ...flagging, orders_held: { ...orders, name: 'orders_held' } });

    expect([...views]).toEqual(['si.orders_held', 'si.orders_history']);
    expect(sent.filter((sql) => sql.startsWith('drop view'))).toHaveLength(1);
  });

  it('are tried again when they could not be dropped', async () => {
    const { refresh, views, control } = world();
    await refresh(holding);
    control.refuse = 'drop view';
    await expect(refresh(flagging)).rejects.toThrow('refused');
    control.refuse = '';

    await refresh(flagging);

    expect([...views]).toEqual([]);
  });
});
