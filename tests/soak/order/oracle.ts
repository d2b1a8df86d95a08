import { createHash } from 'node:crypto';

/** A file as it was stored. */
export interface Stored {
  file_id: string;
  text: string;
  /** Milliseconds since 1970. */
  lastModified: number;
}

export interface Order {
  order_id: string;
  customer_id: string;
  product_id: string;
  quantity: number;
  /** In cents. */
  unit_price: number;
  status: string;
  /** Milliseconds since 1970. */
  order_ts: number;
  updated_at: number;
}

/** The order that wins, and the files that say just this of it at the same time: any of them may have brought it. */
export interface Winner extends Order {
  lastModified: number;
  hash: string;
  files: string[];
}

export interface Truth {
  orders: Map<string, Winner>;
  /** Lines of each file that the contract refuses. */
  rejected: Map<string, number>;
}

/**
 * What the files say, all together, one after the other: of each order the version with the greatest `updated_at`, then
 * the greatest LastModified, then the greatest hash of its content. Written without a look at the pipeline's SQL.
 */
export function truthOf(files: Stored[]): Truth {
  const orders = new Map<string, Winner>();
  const rejected = new Map<string, number>();
  for (const { file_id, text, lastModified } of files) {
    const [, ...lines] = text.trimEnd().split('\n');
    rejected.set(file_id, 0);
    for (const line of lines) {
      const order = orderOf(line.split(','));
      if (order === undefined) {
        rejected.set(file_id, rejected.get(file_id)! + 1);
        continue;
      }
      const next: Winner = { ...order, lastModified, hash: hashOf(order), files: [file_id] };
      const known = orders.get(order.order_id);
      const than = known === undefined ? 1 : compare(next, known);
      if (than > 0) orders.set(order.order_id, next);
      if (than === 0 && !known!.files.includes(file_id)) known!.files.push(file_id);
    }
  }
  return { orders, rejected };
}

function compare(a: Winner, b: Winner): number {
  if (a.updated_at !== b.updated_at) return a.updated_at - b.updated_at;
  if (a.lastModified !== b.lastModified) return a.lastModified - b.lastModified;
  return a.hash === b.hash ? 0 : a.hash > b.hash ? 1 : -1;
}

/** The contract of `orders`, as its text reads, for what histories hold; undefined for a line that breaks it. */
export function orderOf(fields: string[]): Order | undefined {
  if (fields.length !== 8) return undefined;
  const [order_id, customer_id, product_id, quantity, unit_price, status, order_ts, updated_at] = fields as [
    string,
    ...string[],
  ];
  const order: Order = {
    order_id,
    customer_id: customer_id!,
    product_id: product_id!,
    quantity: Number(quantity),
    unit_price: Math.round(Number(unit_price) * 100),
    status: status!,
    order_ts: Date.parse(order_ts!),
    updated_at: Date.parse(updated_at!),
  };
  const sound =
    /^O-[0-9A-Z]{4,12}-[0-9]{4,10}$/.test(order_id) &&
    /^C-[0-9]{6,10}$/.test(order.customer_id) &&
    /^P-[0-9]{5,10}$/.test(order.product_id) &&
    order.quantity >= 1 &&
    order.unit_price >= 0 &&
    ['placed', 'paid', 'shipped', 'cancelled'].includes(order.status) &&
    !Number.isNaN(order.order_ts) &&
    !Number.isNaN(order.updated_at);
  return sound ? order : undefined;
}

/** The hash of a row's content: md5 of NUL, name, `=` and value for each column in the order of the names. */
function hashOf(order: Order): string {
  const values: Record<string, string> = {
    customer_id: order.customer_id,
    order_id: order.order_id,
    order_ts: `${order.order_ts}000`,
    product_id: order.product_id,
    quantity: String(order.quantity),
    status: order.status,
    unit_price: money(order.unit_price),
    updated_at: `${order.updated_at}000`,
  };
  const content = Object.entries(values).map(([name, value]) => `\0${name}=${value}`);
  return createHash('md5').update(content.join('')).digest('hex');
}

export const money = (cents: number): string => (cents / 100).toFixed(2);

export const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

type Text = Record<string, string | null>;

interface Sums {
  orders: number;
  units: number;
  revenue: number;
  customers: Set<string>;
  first: number;
  last: number;
}

/** Sums of the orders that count, by a key; the key's parts stand apart in it by a space. */
function sumsBy(truths: Truth[], keyOf: (order: Order) => string): [string[], Sums][] {
  const groups = new Map<string, Sums>();
  for (const order of truths.flatMap(({ orders }) => [...orders.values()])) {
    if (order.status === 'cancelled') continue;
    const key = keyOf(order);
    const none = { orders: 0, units: 0, revenue: 0, customers: new Set<string>(), first: Infinity, last: -Infinity };
    const sums: Sums = groups.get(key) ?? none;
    groups.set(key, sums);
    sums.orders += 1;
    sums.units += order.quantity;
    sums.revenue += order.quantity * order.unit_price;
    sums.customers.add(order.customer_id);
    sums.first = Math.min(sums.first, order.order_ts);
    sums.last = Math.max(sums.last, order.order_ts);
  }
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([key, sums]) => [key.split(' '), sums]);
}

/** What gold must say of these orders, which nothing else shares a day or a customer with; every value as text. */
export const goldOf = (
  truths: Truth[],
): Record<'daily_revenue' | 'daily_product_sales' | 'customer_lifetime_value', Text[]> => ({
  daily_revenue: sumsBy(truths, (order) => dateOf(order.order_ts)).map(([[order_date], sums]) => ({
    order_date: order_date!,
    orders: String(sums.orders),
    customers: String(sums.customers.size),
    units: String(sums.units),
    revenue: money(sums.revenue),
  })),
  daily_product_sales: sumsBy(truths, (order) => `${dateOf(order.order_ts)} ${order.product_id}`).map(
    ([[order_date, product_id], sums]) => ({
      order_date: order_date!,
      product_id: product_id!,
      orders: String(sums.orders),
      units: String(sums.units),
      revenue: money(sums.revenue),
    }),
  ),
  customer_lifetime_value: sumsBy(truths, (order) => order.customer_id).map(([[customer_id], sums]) => ({
    customer_id: customer_id!,
    region: null,
    plan: null,
    orders: String(sums.orders),
    lifetime_value: money(sums.revenue),
    // Half a cent is rounded up, as in SQL.
    average_order_value: money(Math.floor(sums.revenue / sums.orders + 0.5)),
    first_order_date: dateOf(sums.first),
    last_order_date: dateOf(sums.last),
  })),
});
