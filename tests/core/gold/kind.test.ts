import { describe, expect, it } from '@jest/globals';
import { readSqlFiles } from '../../../aws/project-files.ts';
import { QueryRejectedError } from '../../../core/errors.ts';
import { parseMart } from '../../../core/gold/mart.ts';
import { type GoldPorts, refreshMarts } from '../../../core/gold/refresh.ts';
import { getTable } from '../../../core/ledger/table.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';
import { orders } from '../pipeline/world.ts';

const datasets = { orders };
const table = parseMart(
  'all_orders',
  '-- sources: orders\n-- refresh: full\n-- key: order_id\nselect order_id from {orders}',
  datasets,
);
const view = parseMart('all_orders', '-- sources: orders\n-- refresh: view\nselect order_id from {orders}', datasets);
const above = parseMart(
  'above',
  '-- sources: all_orders\n-- refresh: view\nselect order_id from {all_orders}',
  datasets,
);

/** A catalog in which a name is a table or a view, as the statements leave it; some statements are refused. */
async function world(refuse: (sql: string, sent: string[]) => boolean = () => false) {
  const ledger = memoryStore();
  const kinds = new Map<string, string>();
  const sent: string[] = [];
  const state = { type: 'string' };
  const ports: GoldPorts = {
    ledger,
    clock: handClock(),
    athena: {
      async start(sql) {
        sent.push(sql);
        if (refuse(sql, sent)) throw new QueryRejectedError('refused');
        const [, kind, name] = /^(?:create(?: or replace)?|drop) (table|view)(?: if exists)? go\.(\w+)/.exec(sql) ?? [];
        if (name !== undefined && kinds.has(name) && kinds.get(name) !== kind)
          throw new QueryRejectedError(`a ${kinds.get(name)}`);
        if (sql.startsWith('drop')) kinds.delete(name!);
        else if (name !== undefined) kinds.set(name, kind!);
        if (sql.startsWith('merge') && kinds.get('all_orders') !== 'table') throw new QueryRejectedError('no table');
        return `q${sent.length}`;
      },
      get: async () => ({ state: 'succeeded', bytesScanned: 0 }),
      rows: async () => [],
      columns: async () => [{ name: 'order_id', type: 'varchar' }],
    },
    catalog: {
      exists: async (_, name) => name === 'orders' || kinds.has(name),
      columns: async (_, name) => (kinds.has(name) ? [{ name: 'order_id', type: state.type }] : undefined),
      currentSnapshot: async () => '1',
      ensureStagingTable: async () => undefined,
      registerQuarantine: async () => undefined,
    },
    files: readSqlFiles(),
    databases: { staging: 'st', silver: 'si', gold: 'go', ops: 'op' },
    bucket: 'lake',
    datasets,
    marts: [],
    pollMilliseconds: 0,
  };
  const item = await getTable(ledger, 'orders');
  await ledger.write([{ ...item, committed: { snapshot_id: '1', batch_seq: 1 } }] as never);
  const refresh = (...marts: (typeof table)[]) => refreshMarts({ ...ports, marts }, 'orders', 'run1');
  return { refresh, kinds, sent, state };
}

describe('a mart that changes its kind', () => {
  it('becomes a table where there was a view, and a view where there was a table', async () => {
    const { refresh, kinds, sent } = await world();

    for (const [mart, kind] of [
      [view, 'view'],
      [table, 'table'],
      [view, 'view'],
    ] as const) {
      expect((await refresh(mart)).outcome).toBe('refreshed');
      expect(kinds.get('all_orders')).toBe(kind);
    }

    expect(sent.filter((sql) => sql.startsWith('drop')).map((sql) => sql.split(' ')[1])).toEqual(['view', 'table']);
  });
});

describe('a view', () => {
  it('is made anew when a mart that it reads has got other types, and only then', async () => {
    const { refresh, sent, state } = await world();
    const made = () => sent.filter((sql) => sql.startsWith('create or replace view go.above')).length;

    await refresh(table, above);
    await refresh(table, above);
    expect(made()).toBe(1);
    state.type = 'decimal(38,4)';
    await refresh(table, above);

    expect(made()).toBe(2);
  });

  it('is made by two leaders at once; what is refused twice fails', async () => {
    const isView = (sql: string) => sql.startsWith('create or replace view');
    const once = await world((sql, sent) => isView(sql) && sent.filter(isView).length === 1);
    const always = await world((sql) => isView(sql));

    expect((await once.refresh(view)).outcome).toBe('refreshed');
    await expect(always.refresh(view)).rejects.toThrow('refused');
  });
});
