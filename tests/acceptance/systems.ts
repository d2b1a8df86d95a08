import { type QueryState, queryPages, queryState, startQuery } from '../../aws/query.ts';
import { rowJson } from '../../cli/query/result.ts';
import { type Dropped, drop, fileOf, type Row, stack, tributaryJson } from './cloud.ts';

/** What the tests of the five systems share: files made of plain rows, questions from sql/queries, sums in cents. */

/** The same numbers for the same seed: below `most`, whole. */
export function dice(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
}

export const jsonLines = (rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** A CSV file whose columns are those of the first row; values are quoted, null is empty. */
export function csv(given: object[]): string {
  const rows = given as Record<string, unknown>[];
  const names = Object.keys(rows[0]!);
  const field = (value: unknown) => (value == null ? '' : `"${String(value).replaceAll('"', '""')}"`);
  return [names, ...rows.map((row) => names.map((name) => row[name]))]
    .map((row) => `${row.map(field).join(',')}\n`)
    .join('');
}

/** Drops files of several datasets at once, by name and content; fails unless every one of them ends well. */
export async function dropAll(files: Record<string, Record<string, string>>): Promise<Dropped[]> {
  const all = await Promise.all(
    Object.entries(files).map(([dataset, named]) =>
      drop(dataset, ...Object.entries(named).map(([name, content]) => fileOf(`${dataset}-${name}`, content))),
    ),
  );
  const bad = all.flat().filter(({ outcome }) => outcome !== 'done');
  if (bad.length > 0) throw new Error(`not all files are done: ${JSON.stringify(bad)}`);
  return all.flat();
}

/** Asks one of sql/queries. */
export const ask = (name: string, ...params: string[]): Promise<Row[]> =>
  tributaryJson('query', '--file', `sql/queries/${name}.sql`, ...params.flatMap((param) => ['--param', param]));

/** Runs a query of {silver}, {gold} and {ops} in this process, which takes less than the command line does. */
async function ran(sql: string): Promise<{ id: string; state: QueryState }> {
  const { databases, analystsWorkgroup } = await stack();
  const text = sql.replaceAll(/\{(silver|gold|ops)\}/g, (_, name) => databases[name as 'silver' | 'gold' | 'ops']);
  const id = await startQuery(text, analystsWorkgroup, databases.gold);
  for (;;) {
    const state = await queryState(id);
    if (state.state === 'succeeded') return { id, state };
    if (state.state !== 'running') throw new Error(`${text}: ${state.reason}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Bytes that a query scans. */
export const scannedBytes = async (sql: string): Promise<number> => (await ran(sql)).state.bytesScanned;

/** Rows of a query, as `tributary --json query` prints them. */
export async function query(sql: string): Promise<Row[]> {
  const { id, state } = await ran(sql);
  const all: Row[] = [];
  for await (const { columns, rows } of queryPages(id, state.hasHeader)) {
    all.push(...rows.map((row) => rowJson(columns, row)));
  }
  return all;
}

/** `12.30` is 1230. */
export const toCents = (text: unknown): number => Math.round(Number(text) * 100);
export const fromCents = (cents: number): string => (cents / 100).toFixed(2);

/** Hours after a day or an instant: `2031-03-01` and 5 make `2031-03-01T05:00:00Z`. */
export const instant = (from: string, hours: number): string =>
  `${new Date(Date.parse(from) + hours * 3_600_000).toISOString().slice(0, 19)}Z`;
export const dayAfter = (day: string, days: number): string => instant(day, days * 24).slice(0, 10);

/** Rows by a text that is made of them. */
export function groupBy<T>(rows: T[], name: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(name(row), [...(groups.get(name(row)) ?? []), row]);
  return groups;
}

export const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Of each key the row with the greatest version, as silver keeps it; equal versions do not occur. */
export function latest<T>(rows: T[], key: (row: T) => string, version: (row: T) => string): T[] {
  const newest = (group: T[]) => group.reduce((best, row) => (version(row) > version(best) ? row : best));
  return [...groupBy(rows, key).values()].map(newest);
}

/** One row of each dataset that refers to others or is referred to, so that every table is there to be asked. */
export const everyTable = (): Promise<Dropped[]> => {
  const at = '2033-12-01T00:00:00Z';
  const customer = { customer_id: 'C-799999', name: 'n', region: 'EMEA', country: 'DE', plan: 'pro' };
  const product = { product_id: 'P-79999', name: 'n', category: 'c', unit_price: '1.00' };
  const order = { order_id: 'O-TABLES-0001', customer_id: 'C-799999', product_id: 'P-79999', quantity: 1 };
  const event = { event_id: 'E-tables', customer_id: 'C-799999', event_type: 'login', event_ts: at, sent_at: at };
  const transaction = {
    transaction_id: 'T-tables',
    customer_id: 'C-799999',
    account: 'A001',
    type: 'fee',
    amount: '1.00',
  };
  const host = { host_id: 'H-79999', name: 'n', country: 'DE', is_superhost: false };
  const property = {
    property_id: 'PR-79999',
    host_id: 'H-79999',
    name: 'n',
    property_type: 'room',
    address: 'a',
    city: 'c',
  };
  const more = { country: 'DE', capacity: 1, nightly_price: '1.00', currency: 'EUR' };
  const booking = { booking_id: 'BK-tables', property_id: 'PR-79999', guest_id: 'G-79999', guests: 1, booked_at: at };
  const stay = {
    check_in: '2033-12-01',
    check_out: '2033-12-02',
    amount: '1.00',
    currency: 'EUR',
    status: 'confirmed',
  };
  const rows: Record<string, object> = {
    customers: { ...customer, updated_at: at },
    products: { ...product, updated_at: at },
    orders: { ...order, unit_price: '1.00', status: 'paid', order_ts: at, updated_at: at },
    events: event,
    transactions: { ...transaction, currency: 'EUR', status: 'posted', transaction_ts: at, updated_at: at },
    hosts: { ...host, updated_at: at },
    properties: { ...property, ...more, updated_at: at },
    bookings: { ...booking, ...stay, channel: 'direct', updated_at: at },
  };
  return dropAll(
    Object.fromEntries(
      Object.entries(rows).map(([name, row]) => [name, { [`tables-${name}.jsonl`]: jsonLines([row]) }]),
    ),
  );
};
