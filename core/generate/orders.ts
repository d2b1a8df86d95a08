import { customerId } from './customers.ts';
import { instead, missing } from './dirt.ts';
import type { Dirt, Generator } from './generator.ts';
import { money, priceInCents, productId } from './products.ts';
import type { Random } from './random.ts';
import { instant, secondsAfter } from './row.ts';

const STATUSES = ['placed', 'paid', 'paid', 'shipped', 'shipped', 'shipped', 'cancelled'];

const COLUMNS = [
  ...['order_id', 'customer_id', 'product_id', 'quantity', 'unit_price', 'status', 'order_ts', 'updated_at'],
] as const;

const orderId = (index: number, code: string): string => `O-${code}-${String(index + 1).padStart(5, '0')}`;

/** What was paid: a tenth off now and then, which is not the list price. */
const priceOf = (product: number, random: Random): string =>
  money(Math.round(priceInCents(product) * (random.next() < 0.2 ? 0.9 : 1)));

const dirt = {
  bad_status: instead('status', 'enum', ['PAID', 'lost', 'n/a']),
  negative_quantity: {
    reason: 'quantity.minimum',
    spoil: (row, random) => ({ ...row, quantity: -random.whole(1, 9) }),
  },
  missing_customer: missing('customer_id'),
  bad_date: instead('order_ts', 'type', ['2025-02-30T10:00:00Z', 'yesterday', '31/01/2025']),
  bad_price: instead('unit_price', 'type', ['free', '1.999', '9,99']),
  bad_product: instead('product_id', 'pattern', ['P-1', 'kettle', 'p-00001']),
} satisfies Record<string, Dirt>;

export const orders: Generator = {
  kind: 'facts',
  rows: 500,
  format: 'csv',
  columns: COLUMNS,
  id: orderId,
  row({ random, at, parent }) {
    const product = parent('products');
    return {
      customer_id: customerId(parent('customers')),
      product_id: productId(product),
      quantity: random.whole(1, 9),
      unit_price: priceOf(product, random),
      status: random.pick(STATUSES),
      order_ts: instant(at),
      updated_at: instant(secondsAfter(at, random.whole(3_600, 7_200))),
    };
  },
  changed: (row, { random }) => ({ ...row, status: random.pick(STATUSES) }),
  changes: 0.2,
  dirt,
};
