import { codeOf, randomFrom } from '../../../core/generate/random.ts';
import type { RowCounts } from '../../../core/ledger/items.ts';

/** A file of orders that shares neither an order nor a day nor a customer with any other, and what must come of it. */
export interface Sample {
  name: string;
  /** UTC day of all its orders. */
  day: string;
  key: string;
  csv: string;
  orders: Order[];
  rejected: { record: number; raw: string };
  counts: RowCounts;
}

export interface Order {
  order_id: string;
  customer_id: string;
  product_id: string;
  quantity: number;
  cents: number;
  status: string;
}

const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at';
const statuses = ['placed', 'paid', 'shipped', 'cancelled'];
/** Of 40 records one is rejected: less than rings an alarm. */
const distinct = 37;

export const money = (cents: number): string => `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

/** Samples of one suite, on days of the seven years from one; the seed decides their keys and days. */
export function samplesOf(seed: string, year: number): (index: number) => Sample {
  const suite = codeOf(seed).slice(0, 5);
  const random = randomFrom(seed);
  const firstDay = Date.UTC(year, 0, 1) + random.whole(0, 2000) * 86_400_000;
  const customers = `C-${year % 10}${random.whole(100, 999)}`;

  return (index) => {
    const name = `${suite}${index.toString(36).toUpperCase().padStart(3, '0')}`;
    const day = new Date(firstDay + index * 86_400_000).toISOString().slice(0, 10);
    const orders = Array.from({ length: distinct }, (_, at) => ({
      order_id: `O-${name}-${String(at + 1).padStart(4, '0')}`,
      customer_id: `${customers}${String(index).padStart(4, '0')}${at % 3}`,
      product_id: `P-${String(10_000 + (at % 4))}`,
      quantity: (at % 9) + 1,
      cents: 125 * (at + 1) + (index % 100),
      status: statuses[at % statuses.length]!,
    }));
    const [first, second] = orders as [Order, Order];
    const refused = line({ ...first, order_id: `O-${name}-9999`, status: 'lost' }, day);
    const lines = orders.map((order) => line(order, day));
    // An older version of a row, a row that no contract allows, and a row that is there twice.
    lines.unshift(line({ ...second, quantity: 99 }, day, '08'));
    lines.push(refused, line(first, day));
    return {
      name,
      day,
      // One name for all, so that what a run writes has the same names.
      key: `landing/orders/${name}/orders.csv`,
      csv: `${[header, ...lines].join('\n')}\n`,
      orders,
      rejected: { record: distinct + 2, raw: refused },
      counts: { in: lines.length, accepted: distinct, rejected: 1, duplicate: 1, superseded: 1 },
    };
  };
}

const line = (order: Order, day: string, hour = '12') =>
  [
    order.order_id,
    order.customer_id,
    order.product_id,
    order.quantity,
    money(order.cents),
    order.status,
    `${day}T10:00:00Z`,
    `${day}T${hour}:00:00Z`,
  ].join(',');
