import { describe, expect, it } from '@jest/globals';
import { readText } from '../../aws/s3.ts';
import { type Dropped, type Row, stack } from './cloud.ts';
import {
  ask,
  csv,
  dayAfter,
  dice,
  dropAll,
  fromCents,
  groupBy,
  instant,
  jsonLines,
  latest,
  query,
  sum,
  toCents,
} from './systems.ts';

const first = '2031-05-01';
const last = dayAfter(first, 61);
const roll = dice(51);
const pick = <T>(...values: T[]): T => values[roll(values.length)]!;

const customers = Array.from({ length: 16 }, (_, n) => ({
  ...{ customer_id: `C-73${String(n).padStart(4, '0')}`, name: `customer ${n}`, region: pick('AMER', 'EMEA', 'APAC') },
  ...{ country: 'DE', plan: pick('free', 'pro'), signed_up_on: '2030-01-01', updated_at: instant(first, n) },
}));
const products = Array.from({ length: 8 }, (_, n) => ({
  ...{ product_id: `P-73${String(n).padStart(3, '0')}`, name: `product ${n}`, category: pick('books', 'music') },
  ...{ unit_price: fromCents(roll(10_000)), updated_at: instant(first, n) },
}));

interface Order extends Row {
  order_id: string;
  customer_id: string;
  product_id: string;
  quantity: number;
  unit_price: string;
  status: string;
  order_ts: string;
  updated_at: string;
}

/** Customers and products 0 to 15 and 0 to 7 arrive; others never do. */
const order = (n: number): Order => {
  const order_ts = instant(first, roll(24 * 60));
  return {
    order_id: `O-COMMERCE-${String(n).padStart(4, '0')}`,
    customer_id: `C-73${String(roll(18)).padStart(4, '0')}`,
    product_id: `P-73${String(roll(9)).padStart(3, '0')}`,
    quantity: 1 + roll(5),
    unit_price: fromCents(roll(20_000)),
    status: pick('placed', 'paid', 'shipped', 'cancelled'),
    order_ts,
    updated_at: order_ts,
  };
};
const orders = Array.from({ length: 200 }, (_, n) => order(n));
const corrected = orders.slice(0, 40).map((old, n) => ({
  ...old,
  ...(n % 2 === 0 ? { status: 'cancelled' } : { order_ts: instant(first, 5), quantity: 9 }),
  updated_at: instant(last, n),
}));
const present = latest(
  [...orders, ...corrected],
  ({ order_id }) => order_id,
  ({ updated_at }) => updated_at,
);
const contents: Record<string, string> = {
  'commerce-1.csv': csv(orders.slice(0, 100)),
  'commerce-2.jsonl': jsonLines(orders.slice(100)),
  'commerce-3.csv': csv(corrected),
};

const revenueOf = ({ status, quantity, unit_price }: Order) =>
  status === 'cancelled' ? 0 : quantity * toCents(unit_price);
const facts = (rows: Order[], known: Set<string>) =>
  rows
    .map((row) => ({
      order_id: row.order_id,
      customer_id: known.has(row.customer_id) ? row.customer_id : 'unknown',
      product_id: known.has(row.product_id) ? row.product_id : 'unknown',
      order_date: row.order_ts.slice(0, 10),
      revenue: fromCents(revenueOf(row)),
    }))
    .sort(byOrder);
const byOrder = (a: Row, b: Row) => (String(a.order_id) < String(b.order_id) ? -1 : 1);
const inGold = async () =>
  (
    await query(
      `select order_id, customer_id, product_id, order_date, revenue from {gold}.fact_orders
       where order_id like 'O-COMMERCE-%'`,
    )
  ).sort(byOrder);
const idsOf = (rows: { customer_id?: string; product_id?: string }[]) =>
  rows.map((row) => row.customer_id ?? row.product_id!);

describe('orders of a shop', () => {
  const dropped: Dropped[] = [];

  it('are facts of unknown customers and products until those arrive', async () => {
    const { 'commerce-3.csv': corrections, ...firstOnes } = contents;
    const came = await dropAll({
      orders: firstOnes,
      customers: { 'commerce-1.csv': csv(customers.slice(0, 8)) },
      products: { 'commerce-1.csv': csv(products.slice(0, 4)) },
    });
    const before = await inGold();

    const later = await dropAll({
      orders: { 'commerce-3.csv': corrections! },
      customers: { 'commerce-2.csv': csv(customers.slice(8)) },
      products: { 'commerce-2.csv': csv(products.slice(4)) },
    });
    dropped.push(...came, ...later);

    expect(before).toEqual(facts(orders, new Set([...idsOf(customers.slice(0, 8)), ...idsOf(products.slice(0, 4))])));
    const known = new Set([...idsOf(customers), ...idsOf(products)]);
    expect(await inGold()).toEqual(facts(present, known));
    const members = await query(
      `select count(*) as facts, count(c.customer_id) as customers, count(p.product_id) as products
       from {gold}.fact_orders f
       left join {gold}.dim_customers c on c.customer_id = f.customer_id
       left join {gold}.dim_products p on p.product_id = f.product_id`,
    );
    expect(members[0]!.customers).toBe(members[0]!.facts);
    expect(members[0]!.products).toBe(members[0]!.facts);
  });

  it('have dimensions as they are today, with a member for what is not known', async () => {
    const dimension = await query(
      "select * from {gold}.dim_customers where customer_id like 'C-73%' or customer_id = 'unknown' order by customer_id",
    );
    const goods = await query(
      "select product_id, name, category, unit_price from {gold}.dim_products where product_id like 'P-73%' order by 1",
    );

    expect(dimension.map(({ customer_id, region, plan }) => [customer_id, region, plan])).toEqual([
      ...customers.map(({ customer_id, region, plan }) => [customer_id, region, plan]),
      ['unknown', 'unknown', 'unknown'],
    ]);
    expect(Object.keys(dimension[0]!)).not.toContain('name');
    expect(goods).toEqual(products.map(({ updated_at, ...rest }) => rest));
  });

  it('add up to the revenue of their days and months', async () => {
    const paid = present.filter(({ status }) => status !== 'cancelled');
    const days = [...groupBy(paid, ({ order_ts }) => order_ts.slice(0, 10))].sort(([a], [b]) => (a < b ? -1 : 1));

    const daily = await query(
      `select order_date, orders, customers, units, revenue from {gold}.daily_revenue
       where order_date between date '${first}' and date '${last}' order by 1`,
    );

    expect(daily).toEqual(
      days.map(([order_date, group]) => ({
        order_date,
        orders: group.length,
        customers: new Set(group.map(({ customer_id }) => customer_id)).size,
        units: sum(group.map(({ quantity }) => quantity)),
        revenue: fromCents(sum(group.map(revenueOf))),
      })),
    );
    const months = (await ask('revenue')).filter(({ month }) => String(month) >= first && String(month) <= last);
    expect(sum(months.map(({ revenue }) => toCents(revenue)))).toBe(sum(paid.map(revenueOf)));
  });

  it('lead back from the revenue of a day to the files and records that it is made of', async () => {
    const paid = present.filter(({ status }) => status !== 'cancelled').sort(byOrder);
    /** The file that the present version of an order was in. */
    const fileOf = ({ order_id, updated_at }: Order) =>
      Object.keys(contents).find((name) => {
        const lines = contents[name]!.split('\n');
        return lines.some((line) => line.includes(`"${order_id}"`) && line.includes(updated_at));
      })!;
    const days = Object.keys(contents).map((name) =>
      paid.find((order) => fileOf(order) === name)!.order_ts.slice(0, 10),
    );
    const { lakeBucket } = await stack();

    for (const day of new Set(days)) {
      const lineage = await ask('lineage-of-revenue', `day:date=${day}`);

      const behind = paid.filter(({ order_ts }) => order_ts.startsWith(day));
      const revenue = fromCents(sum(behind.map(revenueOf)));
      expect(lineage.map((row) => [row.order_id, toCents(row.contributes), row.order_date, row.revenue])).toEqual(
        behind.map((order) => [order.order_id, revenueOf(order), day, revenue]),
      );
      for (const [n, row] of lineage.entries()) {
        const name = fileOf(behind[n]!);
        const { file_id, key, version_id } = dropped.find((each) => each.key.endsWith(`/orders-${name}`))!;
        expect(row).toMatchObject({ file_id, key, version_id, run: expect.stringContaining('ingest') });
        expect(await readText(lakeBucket, String(row.bronze_key))).toBe(contents[name]);
        // Records are counted from 1, the header of a CSV file aside.
        const line = contents[name]!.split('\n')[Number(row.record) - (name.endsWith('.csv') ? 0 : 1)];
        expect(line).toContain(`"${row.order_id}"`);
      }
    }
  });

  it('rank products, customers and regions', async () => {
    const all = (await query(
      'select customer_id, product_id, quantity, unit_price, status from {silver}.orders where not meta_deleted',
    )) as Order[];
    const regionOf = new Map(
      (await query('select customer_id, region from {silver}.customers')).map((row) => [row.customer_id, row.region]),
    );
    const paid = all.filter(({ status }) => status !== 'cancelled');
    const revenue = (name: (row: Order) => string) =>
      [...groupBy(paid, name)].map(([key, group]) => [key, group.length, fromCents(sum(group.map(revenueOf)))]);
    const sorted = (rows: unknown[][]) => rows.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));

    const ofProducts = await query('select place, product_id, orders, revenue from {gold}.top_products order by place');
    const ofCustomers = await query('select customer_id, orders, lifetime_value from {gold}.customer_lifetime_value');
    const ofRegions = await query('select region, orders, revenue from {gold}.region_performance');

    expect(sorted(ofProducts.map((row) => [row.product_id, row.orders, row.revenue]))).toEqual(
      sorted(revenue(({ product_id }) => product_id)),
    );
    const cents = ofProducts.map((row) => toCents(row.revenue));
    expect(cents).toEqual([...cents].sort((a, b) => b - a));
    expect(sorted(ofCustomers.map((row) => [row.customer_id, row.orders, row.lifetime_value]))).toEqual(
      sorted(revenue(({ customer_id }) => customer_id)),
    );
    expect(sorted(ofRegions.map((row) => [row.region, row.orders, row.revenue]))).toEqual(
      sorted(revenue(({ customer_id }) => String(regionOf.get(customer_id) ?? 'unknown'))),
    );
  });
});
