import { expect, it } from '@jest/globals';
import { readDatasets, readSqlFiles } from '../../aws/project-files.ts';
import { type Mart, parseMarts } from '../../core/gold/mart.ts';
import { liveSelect } from '../../core/gold/statements.ts';
import { stack } from './cloud.ts';
import { dayAfter, dice, dropAll, fromCents, instant, jsonLines, query } from './systems.ts';

/**
 * Random files of all datasets at once: rows that move, are corrected, come late, are deleted, and refer to what is not
 * there yet. tests/sql/gold does the same with many more histories; this is Athena's dialect and Iceberg's snapshots.
 */

const first = '2033-01-01';
const seed = 33;
const roll = dice(seed);
const pick = <T>(...values: T[]): T => values[roll(values.length)]!;
const some = (name: string, count: number) => `${name}${String(roll(count)).padStart(4, '0')}`;
const at = (days: number) => instant(first, roll(24 * days));
const money = () => fromCents(roll(50_000));

const rows: Record<string, () => object> = {
  customers: () => ({
    ...{
      customer_id: some('C-75', 6),
      name: 'n',
      region: pick('EMEA', 'APAC'),
      country: 'DE',
      plan: pick('free', 'pro'),
    },
    updated_at: at(30),
  }),
  products: () => ({ product_id: some('P-7', 4), name: 'n', category: 'c', unit_price: money(), updated_at: at(30) }),
  orders: () => ({
    ...{
      order_id: some('O-HISTORY-', 20),
      customer_id: some('C-75', 8),
      product_id: some('P-7', 5),
      quantity: 1 + roll(3),
    },
    ...{ unit_price: money(), status: pick('paid', 'shipped', 'cancelled'), order_ts: at(10), updated_at: at(30) },
  }),
  events: () => ({
    ...{ event_id: some('E-history-', 40), customer_id: pick(null, some('C-75', 8)), plan: pick(null, 'free', 'pro') },
    ...{ event_type: pick('purchase', 'login'), amount: pick(null, money()), event_ts: at(10), sent_at: at(30) },
  }),
  transactions: () => ({
    ...{ transaction_id: some('T-history-', 30), customer_id: some('C-75', 8), account: 'A001' },
    ...{ type: pick('purchase', 'refund', 'fee'), amount: money(), currency: pick('EUR', 'USD') },
    ...{
      status: pick('posted', 'posted', 'pending'),
      transaction_ts: at(10),
      updated_at: at(30),
      is_deleted: roll(5) === 0,
    },
  }),
  hosts: () => ({
    ...{ host_id: some('H-75', 3), name: 'n', country: 'DE', is_superhost: roll(2) === 0, updated_at: at(30) },
    is_deleted: roll(6) === 0,
  }),
  properties: () => ({
    ...{ property_id: some('PR-75', 5), host_id: some('H-75', 4), name: 'n', property_type: 'room', address: 'a' },
    ...{ city: pick('Bonn', 'Lyon'), country: 'DE', capacity: 2, nightly_price: money(), currency: 'EUR' },
    ...{ updated_at: at(30), is_deleted: roll(6) === 0 },
  }),
  bookings: () => {
    const arrival = 30 + roll(40);
    return {
      ...{ booking_id: some('BK-history-', 20), property_id: some('PR-75', 7), guest_id: 'G-0001', guests: 1 },
      ...{ check_in: dayAfter(first, arrival), check_out: dayAfter(first, arrival + 1 + roll(40)), booked_at: at(29) },
      ...{ amount: money(), currency: pick('EUR', 'USD'), status: pick('confirmed', 'cancelled'), channel: 'direct' },
      updated_at: instant(first, 24 * 30 + roll(900)),
    };
  },
};

const datasets = readDatasets();
const tables = parseMarts(readSqlFiles(), datasets).filter(
  ({ refresh, sources }) => refresh.kind !== 'view' && sources.every((source) => Object.hasOwn(rows, source)),
);

/** How many rows a mart has that its SELECT has not, and the other way round, as text when it is any. */
async function difference(mart: Mart): Promise<string[]> {
  const select = liveSelect({ datasets, databases: (await stack()).databases }, mart);
  const count = (from: string, without: string) =>
    `(select count(*) from (select * from (${from}) except all select * from (${without})))`;
  const stored = `select * from {gold}.${mart.name}`;
  const [row] = await query(`select ${count(stored, select)} as surplus, ${count(select, stored)} as missing`);
  const { surplus, missing } = row!;
  return surplus === 0 && missing === 0 ? [] : [`${mart.name}: ${surplus} too many, ${missing} missing`];
}

it('leaves every mart as its SELECT has it, after each step of a random history', async () => {
  expect(tables.length).toBeGreaterThanOrEqual(12);
  for (const step of [0, 1, 2]) {
    const chosen = Object.entries(rows).filter(() => step === 0 || roll(3) > 0);
    await dropAll(
      Object.fromEntries(
        chosen.map(([dataset, make]) => [
          dataset,
          { [`history-${step}.jsonl`]: jsonLines(Array.from({ length: 4 + roll(12) }, make)) },
        ]),
      ),
    );

    const found = (await Promise.all(tables.map(difference))).flat();

    expect({ step, found }).toEqual({ step, found: [] });
  }
});
