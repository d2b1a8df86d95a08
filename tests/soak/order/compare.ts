import { query } from '../../acceptance/cloud.ts';
import { asText } from '../../acceptance/oracle.ts';
import { columns, type Own, two } from './history.ts';
import { dateOf, goldOf, money, type Truth, type Winner } from './oracle.ts';

type Text = Record<string, string | null>;

/** One way in which the lake is not what the files say. */
export interface Difference {
  what: string;
  expected?: Text;
  found?: Text;
}

/** Microseconds between the years 0 and 1970: versions count from the year 0. */
const yearZero = 62_167_219_200_000_000n;

/** SQL: whether an order or a customer is of these histories. */
const isOf = (column: string, prefix: string, { first, last }: Own) =>
  `${column} like '${prefix}%' and substr(${column}, 9, 2) between '${two(first)}' and '${two(last)}'`;

/** What silver must say of an order. Versions are compared as text: `updated_at`, LastModified, hash. */
function silverOf(order: Winner): Text {
  const updated = String(BigInt(order.updated_at) * 1000n + yearZero).padStart(18, '0');
  return {
    order_id: order.order_id,
    customer_id: order.customer_id,
    product_id: order.product_id,
    quantity: String(order.quantity),
    unit_price: money(order.unit_price),
    status: order.status,
    order_ts: `${order.order_ts}`,
    updated_at: `${order.updated_at}`,
    meta_deleted: 'false',
    meta_row_hash: order.hash,
    meta_version: `${updated}|${String(order.lastModified).padStart(15, '0')}|${order.hash}`,
  };
}

/** Every row of silver that is not the one which the files make it, either way. */
export async function silverDifferences(truths: Truth[], own: Own): Promise<Difference[]> {
  const selected = [...columns, 'meta_deleted', 'meta_row_hash', 'meta_version', 'meta_file_id'].map((name) =>
    name === 'order_ts' || name === 'updated_at' ? `cast(to_unixtime(${name}) * 1000 as bigint) as ${name}` : name,
  );
  const sql = `select ${selected.join(', ')} from {silver}.orders where ${isOf('order_id', own.orders, own)} order by order_id`;
  const winners = new Map(truths.flatMap(({ orders }) => [...orders]));
  const differences: Difference[] = [];
  for (const { meta_file_id, ...found } of asText(await query(sql))) {
    const winner = winners.get(found.order_id!);
    winners.delete(found.order_id!);
    if (winner === undefined) differences.push({ what: 'a row that is not to be, or is there twice', found });
    else if (!same(silverOf(winner), found))
      differences.push({ what: 'another row', expected: silverOf(winner), found });
    else if (!winner.files.includes(meta_file_id!)) {
      differences.push({ what: `the row is of none of ${winner.files}, but of ${meta_file_id}`, found });
    }
  }
  for (const winner of winners.values()) differences.push({ what: 'no row', expected: silverOf(winner) });
  return differences;
}

/** Where gold is not as computed from the files, among the days and customers that are these histories' own. */
export async function goldDifferences(truths: Truth[], own: Own, from: number, to: number): Promise<Difference[]> {
  const days = `order_date >= date '${dateOf(from)}' and order_date < date '${dateOf(to)}' order by 1, 2`;
  const where = {
    daily_revenue: days,
    daily_product_sales: days,
    customer_lifetime_value: `${isOf('customer_id', own.customers, own)} order by 1`,
  };
  const expected = goldOf(truths);
  const differences: Difference[] = [];
  for (const mart of Object.keys(where) as (keyof typeof where)[]) {
    const found = asText(await query(`select * from {gold}.${mart} where ${where[mart]}`));
    for (let index = 0; index < Math.max(found.length, expected[mart].length); index++) {
      const [is, should] = [found[index], expected[mart][index]];
      if (is === undefined || should === undefined || !same(should, is)) {
        differences.push({ what: `row ${index} of ${mart}`, expected: should, found: is });
        break;
      }
    }
  }
  return differences;
}

/** Files of which not every refused line is in quarantine, or more than those. */
export async function quarantineDifferences(truths: Truth[]): Promise<Difference[]> {
  const rejected = truths.flatMap((truth) => [...truth.rejected]);
  const files = rejected.map(([file]) => `'${file}'`).join(', ');
  const rows = await query(
    `select file_id, count(*) as lines from {ops}.quarantine where dataset = 'orders' and file_id in (${files}) group by file_id`,
  );
  const shown = new Map(rows.map(({ file_id, lines }) => [file_id, Number(lines)]));
  return rejected
    .filter(([file, lines]) => lines !== (shown.get(file) ?? 0))
    .map(([file, lines]) => ({ what: `quarantine shows ${shown.get(file) ?? 0} lines of ${file}, and not ${lines}` }));
}

const same = (expected: Text, found: Text): boolean => {
  const names = Object.keys(expected);
  return names.length === Object.keys(found).length && names.every((name) => expected[name] === found[name]);
};
