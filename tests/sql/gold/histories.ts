import fc from 'fast-check';
import type { Row } from './silver-rows.ts';

/**
 * Random rows of few keys, days and values, so that they meet: rows move between days and owners, come late, are
 * corrected and deleted, and refer to what is not there yet.
 */

const at = (hours: number) => new Date(Date.UTC(2031, 0, 1) + hours * 3_600_000).toISOString().slice(0, 19);
const day = (n: number) => at(24 * n).slice(0, 10);
const oneOf = <T extends string | number | boolean | null>(...values: T[]) => fc.constantFrom(...values);
const time = (days: number) => fc.nat({ max: days * 4 - 1 }).map((n) => at(n * 6 + 1));
const cents = (most: number) => fc.nat({ max: most }).map((n) => (n / 100).toFixed(2));
const customer = oneOf('C-000001', 'C-000001', 'C-000002');
const product = oneOf('P-00001', 'P-00001', 'P-00002');
const host = oneOf('H-0001', 'H-0001', 'H-0002');
const property = oneOf('PR-0001', 'PR-0001', 'PR-0002');
const deleted = oneOf<boolean | null>(true, false, null);

const rows: Record<string, fc.Arbitrary<Row>> = {
  customers: fc.record({
    customer_id: customer,
    name: fc.constant('n'),
    email: fc.constant(null),
    region: oneOf('EMEA', 'APAC'),
    country: fc.constant('DE'),
    plan: oneOf('free', 'pro'),
    signed_up_on: oneOf(null, day(0)),
    updated_at: time(3),
  }),
  products: fc.record({
    product_id: product,
    name: oneOf('a', 'b'),
    category: fc.constant('c'),
    unit_price: cents(500),
    updated_at: time(3),
  }),
  orders: fc.record({
    order_id: oneOf('O-AAAA-0001', 'O-AAAA-0002', 'O-AAAA-0003', 'O-AAAA-0004'),
    customer_id: customer,
    product_id: product,
    quantity: fc.integer({ min: 1, max: 3 }),
    unit_price: cents(500),
    status: oneOf('placed', 'paid', 'cancelled'),
    order_ts: time(3),
    updated_at: time(3),
  }),
  events: fc.record({
    event_id: oneOf('E-1', 'E-2', 'E-3', 'E-4', 'E-5'),
    customer_id: oneOf(null, 'C-000001', 'C-000002'),
    plan: oneOf(null, 'free', 'pro', 'enterprise'),
    event_type: oneOf('purchase', 'purchase', 'page_viewed'),
    amount: fc.oneof(fc.constant(null), cents(5000)),
    event_ts: time(3),
    sent_at: time(3),
  }),
  transactions: fc.record({
    transaction_id: oneOf('T-1', 'T-2', 'T-3', 'T-4', 'T-5'),
    customer_id: customer,
    account: fc.constant('A001'),
    type: oneOf('purchase', 'purchase', 'refund', 'fee'),
    amount: cents(500),
    currency: oneOf('EUR', 'USD'),
    status: oneOf('posted', 'posted', 'pending'),
    transaction_ts: time(3),
    updated_at: time(3),
    is_deleted: deleted,
  }),
  hosts: fc.record({
    host_id: host,
    name: fc.constant('n'),
    email: fc.constant(null),
    country: oneOf('DE', 'FR'),
    is_superhost: fc.boolean(),
    updated_at: time(2),
    is_deleted: deleted,
  }),
  properties: fc.record({
    property_id: property,
    host_id: host,
    name: fc.constant('n'),
    property_type: fc.constant('room'),
    address: fc.constant('a'),
    city: oneOf('Bonn', 'Lyon'),
    country: fc.constant('DE'),
    capacity: fc.constant(2),
    nightly_price: cents(500),
    currency: oneOf('EUR', 'USD'),
    updated_at: time(2),
    is_deleted: deleted,
  }),
  bookings: fc
    .record({
      booking_id: oneOf('BK-1', 'BK-2', 'BK-3', 'BK-4'),
      property_id: property,
      arrival: fc.nat({ max: 40 }),
      nights: fc.integer({ min: 1, max: 35 }),
      booked_at: time(3),
      amount: cents(10_000),
      currency: oneOf('EUR', 'EUR', 'USD'),
      status: oneOf('confirmed', 'completed', 'cancelled'),
      updated_at: time(4),
    })
    .map(({ arrival, nights, ...row }) => ({
      ...row,
      guest_id: 'G-0001',
      guests: 1,
      check_in: day(arrival),
      check_out: day(arrival + nights),
      channel: 'direct',
    })),
  online_retail: fc.record({
    invoice_no: oneOf('100001', 'C100002'),
    stock_code: fc.constant('POST'),
    description: fc.constant(null),
    quantity: oneOf(-1, 1, 2),
    invoice_date: oneOf(at(1), at(7), at(30)),
    unit_price: oneOf('0.001', '2.5'),
    customer_id: fc.constant(null),
    country: oneOf('France', 'Norway'),
  }),
};

/** A file of a dataset; one of those before that is taken out again; or its table is brought back to what it once was. */
export type Change =
  | { dataset: string; rows: Row[] }
  | { dataset: string; undo: number }
  | { dataset: string; rollback: number };

export interface Step {
  /** What is committed before anything is refreshed. */
  changes: Change[];
  /** Datasets whose runs come to their refresh in a later step only. */
  late: string[];
  /** Athena takes longer than a call for what changed, and for the MERGE. */
  slow: boolean;
}

/** Histories of these datasets, shrinking to few steps of few rows. */
export function histories(names: string[], steps: number): fc.Arbitrary<Step[]> {
  const drop = fc
    .constantFrom(...names)
    .chain((dataset) => fc.record({ dataset: fc.constant(dataset), rows: fc.array(rows[dataset]!, fileSize) }));
  const undo = fc.record({ dataset: fc.constantFrom(...names), undo: fc.nat({ max: 9 }) });
  const rollback = fc.record({ dataset: fc.constantFrom(...names), rollback: fc.nat({ max: 9 }) });
  const change: fc.Arbitrary<Change> = fc.oneof(
    { weight: 6, arbitrary: drop },
    { weight: 2, arbitrary: undo },
    { weight: 1, arbitrary: rollback },
  );
  const step = fc.record({
    changes: fc.array(change, { minLength: 1, maxLength: 2 }),
    late: fc.oneof({ weight: 2, arbitrary: fc.constant<string[]>([]) }, { weight: 1, arbitrary: fc.subarray(names) }),
    slow: oneOf(false, false, false, true),
  });
  return fc.array(step, { minLength: 4, maxLength: steps, size: 'max' });
}

const fileSize = { minLength: 1, maxLength: 4 };

/** Every dataset of which there are random rows. */
export const generated = Object.keys(rows);
