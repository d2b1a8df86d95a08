import { beforeAll, describe, expect, it } from '@jest/globals';
import { readDatasets } from '../../aws/project-files.ts';
import { everydayFile } from '../../core/generate/everyday.ts';
import type { Format } from '../../core/generate/generator.ts';
import { type Dropped, drop, fileOf, query, stage, tributary, tributaryJson } from './cloud.ts';
import { asText, oracle } from './oracle.ts';

const at = new Date('2026-05-01T00:00:00Z');
const datasets = readDatasets();
const made = (dataset: string, seed: string, rows: number, format: Format = 'csv') =>
  everydayFile(datasets[dataset]!, { seed: `${stage} ${seed}`, rows, at, format, late: 0.9 });
const customers = made('customers', 'customers', 200);
const products = made('products', 'products', 40);
const ordersCsv = made('orders', 'orders csv', 700);
const ordersJson = made('orders', 'orders json', 300, 'jsonl');
const paths = {
  customers: fileOf('customers.csv', customers.text),
  products: fileOf('products.csv', products.text),
  csv: fileOf('orders.csv', ordersCsv.text),
  json: fileOf('orders.jsonl', ordersJson.text),
};

/**
 * The shop's rows as the input files alone define them: sound ones, of each key the newest. Written without a look at the
 * pipeline's SQL.
 */
const shop = `
  with lines as (
    select order_id, customer_id, product_id, quantity, unit_price, status, order_ts, updated_at
    from read_csv('${paths.csv}', all_varchar = true, header = true, strict_mode = false, null_padding = true)
    union all
    select order_id, customer_id, product_id, quantity, unit_price, status, order_ts, updated_at
    from read_json('${paths.json}', format = 'newline_delimited', ignore_errors = true,
      columns = {order_id: 'varchar', customer_id: 'varchar', product_id: 'varchar', quantity: 'varchar', unit_price: 'varchar', status: 'varchar', order_ts: 'varchar', updated_at: 'varchar'})
  ),
  sound as (
    select order_id, customer_id, product_id, try_cast(quantity as int) as quantity,
      case when regexp_full_match(unit_price, '[0-9]+([.][0-9]{1,2})?') then unit_price::decimal(12, 2) end as unit_price,
      status, try_cast(order_ts as timestamp) as order_ts, try_cast(updated_at as timestamp) as updated_at
    from lines
  ),
  orders as (
    select distinct on (order_id) *
    from sound
    where order_id is not null and customer_id <> '' and regexp_full_match(product_id, 'P-[0-9]{5,10}') and quantity > 0
      and unit_price >= 0 and status in ('placed', 'paid', 'shipped', 'cancelled')
      and order_ts is not null and updated_at is not null
    order by order_id, updated_at desc
  ),
  customers as (
    select distinct on (customer_id) customer_id, region, plan
    from read_csv('${paths.customers}', all_varchar = true, header = true, strict_mode = false, null_padding = true)
    where region in ('AMER', 'EMEA', 'APAC') and try_cast(updated_at as timestamp) is not null
      and regexp_full_match(customer_id, 'C-[0-9]{6,10}')
    order by customer_id, updated_at desc
  )`;

describe('the sample shop, from dropped files to gold', () => {
  const dropped: Record<string, Dropped> = {};

  beforeAll(async () => {
    // Orders before customers: nothing may depend on the order of arrival.
    const files = [
      ['orders', paths.csv],
      ['customers', paths.customers],
      ['products', paths.products],
      ['orders', paths.json],
    ] as const;
    for (const [dataset, path] of files) [dropped[path]] = (await drop(dataset, path)) as [Dropped];
  });

  it.each([
    ['customers', paths.customers, customers.expected],
    ['products', paths.products, products.expected],
    ['orders as CSV', paths.csv, ordersCsv.expected],
    ['orders as JSON lines', paths.json, ordersJson.expected],
  ])('accounts for every row of %s', (_, path, expected) => {
    const { counts } = dropped[path]!;

    expect(dropped[path]).toMatchObject({ outcome: 'done', error: null });
    expect(counts).toEqual(expected);
    expect(counts!.in).toBe(counts!.accepted + counts!.rejected + counts!.duplicate + counts!.superseded);
    expect(counts!.rejected).toBeGreaterThan(0);
  });

  it('shows each rejected row in quarantine, with its line and its reasons', async () => {
    const rows = await query(
      "select file_id, record, line, raw, cardinality(reasons) as reasons from {ops}.quarantine where dataset = 'orders'",
    );

    expect(rows.length).toBe(ordersCsv.expected.rejected + ordersJson.expected.rejected);
    for (const row of rows) expect(row).toMatchObject({ line: expect.any(Number), raw: expect.any(String) });
    expect(rows.every((row) => Number(row.reasons) > 0)).toBe(true);
  });

  it.each([
    [
      'daily_revenue',
      'select order_date, orders, customers, units, revenue from {gold}.daily_revenue order by 1',
      `${shop} select order_ts::date as order_date, count(*) as orders, count(distinct customer_id) as customers,
        sum(quantity) as units, sum(quantity * unit_price) as revenue
      from orders where status <> 'cancelled' group by 1 order by 1`,
    ],
    [
      'top_products',
      'select product_id, orders, units, revenue from {gold}.top_products order by 1',
      `${shop} select product_id, count(*) as orders, sum(quantity) as units, sum(quantity * unit_price) as revenue
      from orders where status <> 'cancelled' group by 1 order by 1`,
    ],
    [
      'customer_lifetime_value',
      'select customer_id, region, plan, orders, lifetime_value, first_order_date, last_order_date from {gold}.customer_lifetime_value order by 1',
      `${shop} select o.customer_id, any_value(region) as region, any_value(plan) as plan, count(*) as orders,
        sum(quantity * unit_price) as lifetime_value, min(order_ts)::date as first_order_date, max(order_ts)::date as last_order_date
      from orders o left join customers using (customer_id) where status <> 'cancelled' group by 1 order by 1`,
    ],
    [
      'region_performance',
      'select region, customers, orders, revenue from {gold}.region_performance order by 1',
      `${shop} select coalesce(region, 'unknown') as region, count(distinct customer_id) as customers, count(*) as orders,
        sum(quantity * unit_price) as revenue
      from orders left join customers using (customer_id) where status <> 'cancelled' group by 1 order by 1`,
    ],
  ])('%s equals what DuckDB computes from the input files', async (_, asked, computed) => {
    const gold = asText(await query(asked));

    expect(gold.length).toBeGreaterThan(0);
    expect(gold).toEqual(await oracle(computed));
  });

  it('follows orders that move to another day, change hands and are cancelled', async () => {
    const [one] = await query(
      "select order_id, customer_id, product_id from {silver}.orders where status <> 'cancelled' order by order_id limit 1",
    );
    const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at\n';
    const before = await query('select sum(orders) as orders, sum(revenue) as revenue from {gold}.daily_revenue');
    const moved = `${one!.order_id},C-000001,${one!.product_id},3,10.50,paid,2026-01-15T12:00:00Z,2026-06-01T00:00:00Z\n`;
    const cancelled = moved.replace('paid', 'cancelled').replace('2026-06-01', '2026-06-02');

    await drop('orders', fileOf('moved.csv', header + moved));
    const day = await query("select orders, revenue from {gold}.daily_revenue where order_date = date '2026-01-15'");
    const after = await query('select sum(orders) as orders from {gold}.daily_revenue');
    await drop('orders', fileOf('cancelled.csv', header + cancelled));
    const gone = await query("select count(*) as days from {gold}.daily_revenue where order_date = date '2026-01-15'");

    expect(day).toEqual([{ orders: 1, revenue: '31.50' }]);
    expect(after[0]!.orders).toBe(before[0]!.orders);
    expect(gone).toEqual([{ days: 0 }]);
  });

  it('tells on the command line what became of the rows, with exit code 0', async () => {
    const output = await tributary('drop', '--dataset', 'orders', paths.csv);

    expect(output.code).toBe(0);
    expect(output.stdout).toContain(String(ordersCsv.expected.accepted));
  });

  it('lists the runs and shows one with its states', async () => {
    const runs = await tributaryJson<{ name: string; outcome: string }[]>('runs', '--limit', '3');
    const run = await tributaryJson<{ states: { state: string }[] }>('run', runs[0]!.name);

    expect(runs).toHaveLength(3);
    expect(run.states.map(({ state }) => state)).toEqual(
      expect.arrayContaining(['IdentifyFile', 'ValidateFile', 'MergeRows']),
    );
  });
});
