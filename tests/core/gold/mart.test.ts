import { describe, expect, it } from '@jest/globals';
import { readDatasets, readSqlFiles } from '../../../aws/project-files.ts';
import { martsOf, parseMart, parseMarts } from '../../../core/gold/mart.ts';
import { createMart, createView, dirtyQuery, mergeMart } from '../../../core/gold/statements.ts';

const files = readSqlFiles();
const datasets = readDatasets();
const marts = parseMarts(files, datasets);
const databases = { staging: 'st', silver: 'si', gold: 'go', ops: 'op' };
const lake = { files, datasets, databases };
const mart = (name: string) => marts.find((candidate) => candidate.name === name)!;

describe('parseMart', () => {
  it.each([
    ['select 1', 'no line "-- sources'],
    ['-- sources: orders\nselect 1', '"-- refresh:" must be'],
    ['-- sources: orders\n-- refresh: weekly day\nselect 1', '"-- refresh:" must be'],
    ['-- sources: orders\n-- refresh: full\nselect 1', 'no line "-- key'],
    ['-- sources: orders\n-- refresh: key a\n-- key: b\nselect 1', 'must be one of the key columns'],
    ['-- sources: orders\n-- refresh: key a\n-- key: a\nselect 1', 'no line "-- dirty orders'],
    ['-- sources: orders\n-- refresh: full\n-- key: a\nselect 1', 'does not read {orders}'],
    [
      '-- sources: orders\n-- refresh: key a\n-- key: a\n-- dirty orders: select 1\nselect a from {orders_held}',
      'only marts with "-- refresh: full" or view can read {orders_held}',
    ],
  ])('says what the header lacks: %j', (text, reason) => {
    expect(() => parseMart('m', text, datasets)).toThrow(
      `sql/gold/m.sql: ${reason.startsWith('no') ? 'the header has ' : ''}`,
    );
    expect(() => parseMart('m', text, datasets)).toThrow(reason);
  });

  it('reads a dirty statement over several lines', () => {
    expect(mart('fact_orders').dirty.customers).toContain('from {changed} c join {orders} o');
  });

  it('refreshes tables before the views over them, and only what reads the dataset', () => {
    const names = (dataset: string) => martsOf(marts, dataset).map(({ name }) => name);

    expect(names('orders').at(-1)).toBe('top_products');
    expect(names('orders')).toContain('daily_product_sales');
    expect(names('customers')).toEqual(expect.arrayContaining(['customer_lifetime_value', 'region_performance']));
    expect(names('customers')).not.toContain('daily_revenue');
    // What an order refers to is made with it, also before there is any customer or product.
    expect(names('orders')).toEqual(expect.arrayContaining(['fact_orders', 'dim_customers', 'dim_products']));
    expect(names('products')).toEqual([
      ...['daily_product_sales', 'dim_customers', 'dim_products', 'fact_orders', 'top_products'],
    ]);
  });
});

describe('the statements of a mart', () => {
  const before = { orders: { snapshot_id: '11', batch_seq: 1 }, customers: { snapshot_id: '21', batch_seq: 4 } };
  const now = { orders: { snapshot_id: '12', batch_seq: 2 }, customers: { snapshot_id: '22', batch_seq: 5 } };

  it('asks each changed source in the world before and in the world after', () => {
    const sql = dirtyQuery(lake, mart('customer_lifetime_value'), before, now)!;

    expect(sql.match(/union all\n/g)).toHaveLength(3);
    for (const snapshot of ['11', '12', '21', '22']) expect(sql).toContain(`for version as of ${snapshot} `);
  });

  it('asks nothing when no source has changed', () => {
    expect(dirtyQuery(lake, mart('daily_revenue'), before, before)).toBeNull();
  });

  it('also asks for rows that an operation has removed since, of a source with a natural key and without', () => {
    const keyed = (removed_seq: number) =>
      dirtyQuery(lake, mart('daily_revenue'), before, { ...now, orders: { ...now.orders, removed_seq } })!;
    const lines = { online_retail: { snapshot_id: '31', batch_seq: 7 } };
    const unkeyed = (removed_seq?: number) =>
      dirtyQuery(lake, mart('retail_revenue_by_country'), lines, {
        online_retail: { snapshot_id: '32', batch_seq: 8, removed_seq },
      })!;
    const gone = 'not in (select order_id from si.orders for version as of 12)';

    expect(keyed(2)).toContain(gone);
    expect(keyed(2)).toMatch(/for version as of 11 where \(\(order_id\) in .* or \(order_id\) not in /);
    expect(keyed(1)).not.toContain(gone);
    expect(unkeyed(8)).toContain('not in (select meta_row_id from si.online_retail for version as of 32)');
    expect(unkeyed(7)).not.toContain('not in');
    expect(unkeyed()).not.toContain('not in');
  });

  it('reads a source that never had a snapshot as empty', () => {
    const sql = mergeMart(
      lake,
      mart('customer_lifetime_value'),
      [{ name: 'customer_id', type: 'string' }],
      { ...now, customers: { snapshot_id: null, batch_seq: 0 } },
      undefined,
    );

    expect(sql).not.toContain('si.customers');
    expect(sql).toContain('cast(null as varchar) as region');
  });

  it('reads a column that a snapshot does not have yet as null', () => {
    const older = { orders: { ...now.orders, columns: ['order_id', 'order_ts', 'status', 'quantity', 'unit_price'] } };

    const sql = mergeMart(lake, mart('daily_revenue'), [{ name: 'order_date', type: 'date' }], older, undefined);

    expect(sql).toContain('cast(null as varchar) as customer_id');
    expect(sql).not.toContain('cast(null as varchar) as order_id');
  });

  it('names the mart and the dataset when a source does not exist', () => {
    const wrong = { ...mart('daily_revenue'), sources: ['ordres'] };

    expect(() => mergeMart(lake, wrong, [{ name: 'order_date', type: 'date' }], now, undefined)).toThrow(
      'sql/gold/daily_revenue.sql: there is no dataset ordres',
    );
  });

  it('restricts both sides of a MERGE to the dirty values, typed as the column is', () => {
    const columns = [
      { name: 'order_date', type: 'date' },
      { name: 'revenue', type: 'decimal(38,2)' },
    ];

    const sql = mergeMart(lake, mart('daily_revenue'), columns, now, ['2026-01-01']);

    expect(sql.match(/order_date in \(date '2026-01-01'\)/g)).toHaveLength(3);
  });

  it.each(marts.map((m) => [m.name, m] as const))('renders %s without a placeholder left', (_, m) => {
    const sources = Object.fromEntries(m.sources.map((source) => [source, { snapshot_id: '1', batch_seq: 1 }]));

    const sql = m.refresh.kind === 'view' ? createView(lake, m) : createMart(lake, m, sources, 'lake');

    expect(sql).not.toMatch(/[{}]/);
  });
});
