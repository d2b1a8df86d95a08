import { customerId } from './customers.ts';
import { instead, missing } from './dirt.ts';
import type { Dirt, Generator } from './generator.ts';
import { money, priceInCents, productId } from './products.ts';
import { codeOf, type Random } from './random.ts';
import {
  type GeneratedCsv,
  type GeneratedJson,
  type GenerateOptions,
  hoursBefore,
  instant,
  type Recipe,
  secondsAfter,
  spoiled,
  timeBefore,
  toCsv,
  toJsonLines,
} from './table.ts';

export type DirtyOrder =
  | 'bad_status'
  | 'negative_quantity'
  | 'missing_customer'
  | 'bad_date'
  | 'broken_line'
  | 'duplicate'
  | 'superseded';

export interface OrderOptions extends GenerateOptions {
  /** Orders are for `C-000001` up to this many customers. */
  customers?: number;
  /** Orders are for `P-00001` up to this many products. */
  products?: number;
}

/** How many customers and products the sample has, so that every order of it refers to ones that exist. */
export const SAMPLE = { customers: 200, products: 40 } as const;

const STATUSES = ['placed', 'paid', 'paid', 'shipped', 'shipped', 'shipped', 'cancelled'];
/** Orders of one file lie within so many days before it. */
const DAYS = 14;

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

/** Orders as CSV, over the 14 days before `at`. Two files made from different seeds share no order. */
export function generateOrders(options: OrderOptions): GeneratedCsv<DirtyOrder> {
  return toCsv(options, recipe(options, '\n'));
}

/** The same orders as one JSON object a line. */
export function generateOrdersJson(options: OrderOptions): GeneratedJson<DirtyOrder> {
  return toJsonLines(options, recipe(options, '{'));
}

function recipe(options: OrderOptions, kind: '\n' | '{'): Recipe<DirtyOrder> {
  const { seed, rows, at, customers = SAMPLE.customers, products = SAMPLE.products } = options;
  const code = codeOf(seed);
  let beyond = rows;
  const stranger = () => ({ order_id: orderId(beyond++, code) });
  return {
    columns: COLUMNS,
    row(index, random) {
      const product = random.whole(0, products - 1);
      const price = priceOf(product, random);
      const ordered = timeBefore(at, DAYS, random);
      const age = Math.floor((at.getTime() - ordered.getTime()) / 1000);
      return {
        order_id: orderId(index, code),
        customer_id: customerId(random.whole(0, customers - 1)),
        product_id: productId(product),
        quantity: random.whole(1, 9),
        unit_price: kind === '{' ? Number(price) : price,
        status: random.pick(STATUSES),
        order_ts: instant(ordered),
        updated_at: instant(new Date(ordered.getTime() + random.whole(0, age) * 1000)),
      };
    },
    spoils: {
      bad_status: spoiled(dirt.bad_status, stranger),
      negative_quantity: spoiled(dirt.negative_quantity, stranger),
      missing_customer: spoiled(dirt.missing_customer, stranger),
      bad_date: spoiled(dirt.bad_date, stranger),
      broken_line: (row) => {
        const { order_id } = stranger();
        const { customer_id } = row;
        return kind === '{'
          ? `{"order_id": "${order_id}", "customer_id": `
          : `${order_id},${customer_id},"cut off here`;
      },
      duplicate: (row) => row,
      // Each by another number of hours, so that two older versions of one row are never the same.
      superseded: (row, _, number) => ({ ...row, status: 'placed', updated_at: hoursBefore(row.updated_at, number) }),
    },
  };
}
