import { describe, expect, it } from '@jest/globals';
import { readDatasets, readSqlFiles } from '../../../aws/project-files.ts';
import { QueryRejectedError, RetryableError } from '../../../core/errors.ts';
import { forgetMarts } from '../../../core/gold/forget.ts';
import { type Mart, parseMart, parseMarts } from '../../../core/gold/mart.ts';
import { type GoldPorts, refreshMarts } from '../../../core/gold/refresh.ts';
import { maxDirty } from '../../../core/gold/statements.ts';
import type { MartItem } from '../../../core/ledger/items.ts';
import { getTable } from '../../../core/ledger/table.ts';
import { maxSqlBytes } from '../../../core/merge/statements.ts';
import { releaseLeaseOf } from '../../../core/pipeline/wake.ts';
import { handClock, memoryStore } from '../incident/memory-store.ts';

const files = readSqlFiles();
const datasets = readDatasets();
const lifetime = parseMarts(files, datasets).find((mart) => mart.name === 'customer_lifetime_value')!;
const lifetimeText = files['gold/customer_lifetime_value']!;
const columns = ['customer_id', 'orders', 'lifetime_value'];

/** Athena and Glue as a refresh sees them; `hold` keeps MERGEs running until `finish`. */
function gold(mart: Mart = lifetime) {
  const store = memoryStore();
  const clock = handClock();
  const queries = new Map<string, { sql: string; running: boolean }>();
  const control = {
    hold: false,
    dirty: ['C-1'],
    types: {} as Record<string, string>,
    refuse: '',
    selects: columns,
    table: undefined as string[] | undefined,
  };
  const sent: string[] = [];
  const ports: GoldPorts = {
    ledger: store,
    clock,
    athena: {
      async start(sql, token) {
        if (control.refuse !== '' && sql.includes(control.refuse))
          throw new QueryRejectedError('Athena refused the statement');
        if (!queries.has(token)) sent.push(sql);
        queries.set(token, { sql, running: control.hold && sql.startsWith('merge') });
        if (sql.startsWith('drop table')) control.table = undefined;
        if (sql.startsWith('create table')) control.table = control.selects;
        return token;
      },
      get: async (id) => (queries.get(id)!.running ? { state: 'running' } : { state: 'succeeded', bytesScanned: 1 }),
      rows: async () => control.dirty.map((value) => [value]),
      columns: async () => control.selects.map((name) => ({ name, type: control.types[name] ?? 'varchar' })),
    },
    files,
    databases: { staging: 'st', silver: 'si', gold: 'go', ops: 'op' },
    bucket: 'lake',
    datasets,
    marts: [mart],
    pollMilliseconds: 0,
    catalog: {
      exists: async () => control.table !== undefined,
      columns: async () => control.table?.map((name) => ({ name, type: 'string' })),
      currentSnapshot: async () => '1',
      ensureStagingTable: async () => undefined,
      registerQuarantine: async () => undefined,
    },
  };
  const commit = async (dataset: string, n: number) => {
    const table = await getTable(store, dataset);
    await store.write([{ ...table, committed: { snapshot_id: String(n), batch_seq: n } }] as never);
  };
  const fail = (run: string) => releaseLeaseOf({ ...ports, startRun: async () => '' }, [mart.name], 'orders', run);
  const item = async () => (await store.get<MartItem>(`mart#${mart.name}`, 'state'))!;
  const finish = () => {
    control.hold = false;
    for (const query of queries.values()) query.running = false;
  };
  return { ports, clock, control, sent, commit, fail, item, finish };
}

describe('refreshMarts', () => {
  it('sends nothing when nothing was committed since', async () => {
    const { ports, commit, sent } = gold();
    await commit('orders', 1);
    await refreshMarts(ports, 'orders', 'run1');
    const before = sent.length;

    await refreshMarts(ports, 'orders', 'run2');

    expect(sent.length).toBe(before);
  });

  it('goes on until the mart has what is committed, when it first finishes what another run left', async () => {
    const { ports, commit, control, fail, finish, item } = gold();
    await commit('orders', 5);
    await commit('customers', 1);
    await refreshMarts(ports, 'orders', 'o5');
    await commit('customers', 2);
    control.hold = true;
    expect((await refreshMarts(ports, 'customers', 'c2')).outcome).toBe('running');
    await fail('c2');
    await commit('orders', 6);
    finish();

    const end = await refreshMarts(ports, 'orders', 'o6');

    expect(end.outcome).toBe('refreshed');
    expect((await item()).sources.orders!.batch_seq).toBe(6);
  });

  it('builds a changed definition, also when the old one was under way', async () => {
    const { ports, commit, control, fail, finish, item } = gold();
    control.hold = true;
    await commit('orders', 1);
    await refreshMarts(ports, 'orders', 'o1');
    await fail('o1');
    finish();
    const changed = parseMart('customer_lifetime_value', `${lifetimeText}\n-- once more`, datasets);

    await refreshMarts({ ...ports, marts: [changed] }, 'orders', 'o2');

    expect((await item()).definition).toBe(changed.definition);
  });

  it('does not send a statement again that Athena refused, once the mart is corrected', async () => {
    const bad = parseMart('customer_lifetime_value', `${lifetimeText}\nbug`, datasets);
    const { ports, commit, control, fail } = gold(bad);
    control.refuse = 'bug';
    await commit('orders', 1);
    await expect(refreshMarts(ports, 'orders', 'o1')).rejects.toMatchObject({ name: 'QueryRejectedError' });
    await fail('o1');

    const end = await refreshMarts({ ...ports, marts: [lifetime] }, 'orders', 'o2');

    expect(end.outcome).toBe('refreshed');
  });

  it('recomputes the whole mart when naming what is dirty would outgrow Athena’s limit', async () => {
    const { ports, commit, control, sent } = gold();
    await commit('orders', 1);
    await refreshMarts(ports, 'orders', 'o1');
    await commit('orders', 2);
    control.dirty = Array.from({ length: maxDirty }, (_, n) => `${n}`.padStart(36, 'x'));

    await refreshMarts(ports, 'orders', 'o2');

    expect(Buffer.byteLength(sent.at(-1)!)).toBeLessThan(maxSqlBytes);
    expect(sent.at(-1)).toMatch(/^merge into/);
    expect(sent.at(-1)).not.toContain('xxxx');
  });

  it('makes the table anew when the definition has got other columns, and only then', async () => {
    const { ports, commit, control, sent } = gold();
    await commit('orders', 1);
    await refreshMarts(ports, 'orders', 'o1');
    const same = parseMart('customer_lifetime_value', `${lifetimeText}\n-- same columns`, datasets);
    const more = parseMart(
      'customer_lifetime_value',
      lifetimeText.replace('count(*) as orders,', 'count(*) as orders, sum(o.quantity) as units,'),
      datasets,
    );

    await refreshMarts({ ...ports, marts: [same] }, 'orders', 'o2');
    const droppedForSame = sent.some((sql) => sql.startsWith('drop table'));
    control.selects = ['customer_id', 'orders', 'units', 'lifetime_value'];
    await refreshMarts({ ...ports, marts: [more] }, 'orders', 'o3');

    expect(droppedForSame).toBe(false);
    expect(sent.some((sql) => sql.startsWith('drop table'))).toBe(true);
    expect(sent.at(-1)).toMatch(/insert \([^)]*units/);
  });

  it.each([
    ['a column has another type', (text: string) => `${text}\n-- other type`, { orders: 'double' }],
    ['the key is another', (text: string) => text.replace('-- key: customer_id', '-- key: customer_id, orders'), {}],
  ])('makes the table anew when %s', async (_, change, types) => {
    const { ports, commit, control, sent } = gold();
    await commit('orders', 1);
    await refreshMarts(ports, 'orders', 'o1');
    control.types = types;

    await refreshMarts(
      { ...ports, marts: [parseMart('customer_lifetime_value', change(lifetimeText), datasets)] },
      'orders',
      'o2',
    );

    expect(sent.some((sql) => sql.startsWith('drop table'))).toBe(true);
  });

  it('rebuilds in full when a definition is rolled back after another one failed half-way', async () => {
    const { ports, clock, commit, control, sent, fail } = gold();
    await commit('orders', 1);
    await refreshMarts(ports, 'orders', 'o1');
    const bad = parseMart(
      'customer_lifetime_value',
      lifetimeText.replace('count(*) as orders,', 'count(*) as orders, 1 as extra,'),
      datasets,
    );
    control.selects = ['customer_id', 'orders', 'extra', 'lifetime_value'];
    control.refuse = 'merge into';
    await expect(refreshMarts({ ...ports, marts: [bad] }, 'orders', 'o2')).rejects.toThrow('refused');
    await fail('o2');
    control.selects = columns;
    control.refuse = '';
    sent.length = 0;
    clock.advance(1);

    await refreshMarts(ports, 'orders', 'o3');

    expect(sent.map((sql) => sql.split(' ')[0])).toEqual(['select', 'drop', 'create', 'merge']);
    expect(sent.at(-1)).not.toContain(' in (');
  });

  it('asks for removed rows with the number that the table has of their removal', async () => {
    const { ports, commit, sent } = gold();
    await commit('orders', 1);
    await refreshMarts(ports, 'orders', 'o1');
    await commit('orders', 2);
    const table = await getTable(ports.ledger, 'orders');
    await ports.ledger.write([{ ...table, removed_seq: 2 } as never]);
    sent.length = 0;

    await refreshMarts(ports, 'orders', 'o2');
    const first = sent.some((sql) => sql.includes('(order_id) not in'));
    await commit('orders', 3);
    sent.length = 0;
    await refreshMarts(ports, 'orders', 'o3');

    expect(first).toBe(true);
    expect(sent.some((sql) => sql.includes('(order_id) not in'))).toBe(false);
  });

  it.each([
    ['stands still', false],
    ['is under way', true],
  ])('recomputes a mart whole that was told to forget, when its refresh %s', async (_, underWay) => {
    const { ports, commit, control, sent, finish, item } = gold();
    await commit('orders', 1);
    await refreshMarts(ports, 'orders', 'o1');
    await commit('orders', 2);
    control.hold = underWay;
    await refreshMarts(ports, 'orders', 'o2');
    sent.length = 0;

    await forgetMarts(ports, 'orders');
    finish();
    await refreshMarts(ports, 'orders', 'o2');

    const merges = sent.filter((sql) => sql.startsWith('merge into'));
    expect(merges).toHaveLength(1);
    expect(merges[0]).not.toContain(" in ('C-1')");
    expect((await item()).sources.orders!.batch_seq).toBe(2);
  });

  it('can be retried when the lease of a mart was lost', async () => {
    const { ports, clock, commit, control } = gold();
    await commit('orders', 1);
    await commit('customers', 1);
    let slow = true;
    const read = ports.catalog.columns;
    const catalog = {
      ...ports.catalog,
      columns: async (database: string, table: string) => {
        if (slow) {
          slow = false;
          clock.advance(1000);
          control.hold = true;
          await refreshMarts(ports, 'customers', 'c1');
        }
        return read(database, table);
      },
    };

    const lost = await refreshMarts({ ...ports, catalog }, 'orders', 'o1').then(
      ({ outcome }) => outcome,
      (error) => error instanceof RetryableError,
    );

    expect([true, 'running']).toContain(lost);
  });
});
