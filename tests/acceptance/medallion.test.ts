import { describe, expect, it } from '@jest/globals';
import { readText } from '../../aws/s3.ts';
import { type Dropped, type Row, stack } from './cloud.ts';
import {
  ask,
  csv,
  dayAfter,
  dice,
  dropAll,
  everyTable,
  fromCents,
  groupBy,
  instant,
  latest,
  query,
  sum,
  toCents,
} from './systems.ts';

interface Transaction {
  transaction_id: string;
  customer_id: string;
  account: string;
  type: string;
  amount: string;
  currency: string;
  status: string;
  transaction_ts: string;
  updated_at: string;
}

const first = '2032-02-01';
const roll = dice(22);
const pick = <T>(...values: T[]): T => values[roll(values.length)]!;

const transaction = (n: number): Transaction => {
  const transaction_ts = instant(first, roll(24 * 60));
  return {
    ...{
      transaction_id: `T-medal-${String(n).padStart(4, '0')}`,
      customer_id: `C-74${String(roll(25)).padStart(4, '0')}`,
    },
    ...{
      account: 'DE10BANK',
      type: pick('purchase', 'purchase', 'purchase', 'refund'),
      amount: fromCents(1 + roll(50_000)),
    },
    ...{
      currency: pick('EUR', 'EUR', 'USD'),
      status: 'posted',
      transaction_ts,
      updated_at: instant(transaction_ts, 2),
    },
  };
};
const clean = Array.from({ length: 300 }, (_, n) => transaction(n));
/** In a file of 100: the same row twice, an older version of one, and two that are wrong. */
const messy = (rows: Transaction[]): Transaction[] => [
  ...rows,
  rows[0]!,
  { ...rows[1]!, amount: '1.00', updated_at: instant(rows[1]!.transaction_ts, 1) },
  { ...rows[2]!, transaction_id: `${rows[2]!.transaction_id}-bad`, amount: 'twelve' },
  { ...rows[3]!, transaction_id: `${rows[3]!.transaction_id}-bad`, status: 'perhaps' },
];
const corrections = clean.slice(0, 20).map((old) => ({ ...old, amount: '77.70', updated_at: instant(first, 5000) }));
const contents: Record<string, string> = {
  'medal-1.csv': csv(messy(clean.slice(0, 100))),
  'medal-2.csv': csv(messy(clean.slice(100, 200))),
  'medal-3.csv': csv(messy(clean.slice(200))),
  'medal-4.csv': csv(corrections),
};
const present = latest(
  [...clean, ...corrections],
  ({ transaction_id }) => transaction_id,
  ({ updated_at }) => updated_at,
);
const customers = Array.from({ length: 20 }, (_, n) => ({
  ...{
    customer_id: `C-74${String(n).padStart(4, '0')}`,
    name: 'n',
    region: pick('AMER', 'EMEA', 'APAC'),
    country: 'DE',
  },
  ...{ plan: pick('free', 'pro'), updated_at: instant(first, 1) },
}));

/** Quintiles of a figure: 1 and as many fifths as there are customers below. */
function scores<T>(rows: T[], figure: (row: T) => number): number[] {
  return rows.map((row) => {
    const below = rows.filter((other) => figure(other) < figure(row)).length;
    return 1 + Math.floor((5 * below) / rows.length);
  });
}

/** Recency, frequency and money of the customers of one currency, by hand. */
function segments(rows: Transaction[]) {
  const spending = [...groupBy(rows, ({ customer_id }) => customer_id)].flatMap(([customer_id, group]) => {
    const bought = group.filter(({ type }) => type === 'purchase');
    const returned = group.filter(({ type }) => type === 'refund');
    const cents = (list: Transaction[]) => sum(list.map(({ amount }) => toCents(amount)));
    const last = bought
      .map(({ transaction_ts }) => transaction_ts.slice(0, 10))
      .sort()
      .at(-1);
    return last === undefined
      ? []
      : [{ customer_id, purchases: bought.length, spent: cents(bought) - cents(returned), last }];
  });
  const [recency, frequency, money] = [
    scores(spending, ({ last }) => Date.parse(last)),
    scores(spending, ({ purchases }) => purchases),
    scores(spending, ({ spent }) => spent),
  ];
  return spending.map(({ customer_id, purchases, spent, last }, n) => ({
    ...{ customer_id, purchases, spent: fromCents(spent), last_purchase_date: last },
    ...{ recency_score: recency![n]!, frequency_score: frequency![n]!, money_score: money![n]! },
  }));
}

const byCustomer = (a: Row, b: Row) => (String(a.customer_id) < String(b.customer_id) ? -1 : 1);

describe('customers and their transactions', () => {
  let dropped: Dropped[];

  it('are kept as they came, cleansed, settled and counted, file by file', async () => {
    dropped = (await dropAll({ transactions: contents, customers: { 'medal.csv': csv(customers) } })).filter(
      ({ key }) => key.includes('transactions'),
    );

    const messes = dropped.filter(({ key }) => !key.endsWith('medal-4.csv'));
    expect(messes.map(({ counts }) => counts)).toEqual(
      messes.map(() => ({ in: 104, accepted: 100, rejected: 2, duplicate: 1, superseded: 1 })),
    );
    const rows = await query(
      `select transaction_id, customer_id, type, amount, currency from {silver}.transactions_current
       where transaction_id like 'T-medal-%' order by transaction_id`,
    );
    expect(rows).toEqual(
      present
        .map(({ transaction_id, customer_id, type, amount, currency }) => ({
          ...{ transaction_id, customer_id, type, amount, currency },
        }))
        .sort((a, b) => (a.transaction_id < b.transaction_id ? -1 : 1)),
    );
    const reasons = await query(
      `select column_name as name, rule, count(*) as rows
       from {ops}.quarantine cross join unnest(reasons) as t (column_name, rule, value, message)
       where file_id in (${dropped.map(({ file_id }) => `'${file_id}'`).join(', ')})
       group by column_name, rule order by 1`,
    );
    expect(reasons).toEqual([
      { name: 'amount', rule: 'type', rows: 3 },
      { name: 'status', rule: 'enum', rows: 3 },
    ]);
  });

  it('lead back from a figure of gold to the files and records that it is made of', async () => {
    const [{ transaction_ts }] = [...present].sort((a, b) => (a.transaction_ts < b.transaction_ts ? -1 : 1)) as [
      Transaction,
    ];
    const day = transaction_ts.slice(0, 10);
    const group = present.filter((row) => row.transaction_ts.startsWith(day) && row.type === 'purchase');
    const currency = group[0]!.currency;
    const behind = group.filter((row) => row.currency === currency);

    const lineage = await ask('lineage-of-transactions', `day:date=${day}`, 'type=purchase', `currency=${currency}`);

    expect(lineage.map(({ transaction_id }) => transaction_id)).toEqual(
      behind.map(({ transaction_id }) => transaction_id).sort(),
    );
    const figure = fromCents(sum(behind.map(({ amount }) => toCents(amount))));
    expect(lineage.map((row) => row.figure)).toEqual(lineage.map(() => figure));
    expect(fromCents(sum(lineage.map(({ contributes }) => toCents(contributes))))).toBe(figure);
    const { lakeBucket } = await stack();
    for (const row of lineage) {
      const file = dropped.find(({ file_id }) => file_id === row.file_id)!;
      const content = contents[file.key.replace(/.*\/transactions-/, '')]!;
      expect(row).toMatchObject({ key: file.key, run: expect.stringContaining('ingest') });
      // Bronze is the file, byte for byte, and the record is the one that the row was in, the header aside.
      expect(await readText(lakeBucket, String(row.bronze_key))).toBe(content);
      expect(content.split('\n')[Number(row.record)]).toContain(`"${row.transaction_id}"`);
      expect(content.split('\n')[Number(row.record)]).toContain(`"${row.contributes}"`);
    }
  });

  it('fall into segments by recency, frequency and money', async () => {
    const all = (await query(
      `select customer_id, type, amount, currency, cast(transaction_ts as varchar) as transaction_ts
       from {silver}.transactions where not meta_deleted and status = 'posted'`,
    )) as unknown as Transaction[];
    const names = ['customer_id', 'purchases', 'spent', 'last_purchase_date'];

    const gold = await query(
      `select currency, ${names.join(', ')}, recency_score, frequency_score, money_score from {gold}.customer_segments`,
    );

    const expected = [...groupBy(all, ({ currency }) => currency)];
    expect(expected.length).toBeGreaterThan(1);
    for (const [currency, rows] of expected) {
      const mine = gold.filter((row) => row.currency === currency).map(({ currency: _, ...row }) => row);
      expect(mine.sort(byCustomer)).toEqual(segments(rows).sort(byCustomer));
    }
    const regions = await query(
      "select distinct customer_id, region from {gold}.customer_segments where customer_id like 'C-74%'",
    );
    const regionOf = new Map(customers.map(({ customer_id, region }) => [customer_id, region]));
    expect(regions.filter(({ region }) => region === 'unknown').length).toBeGreaterThan(0);
    expect(regions.map(({ region }) => region)).toEqual(
      regions.map(({ customer_id }) => regionOf.get(String(customer_id)) ?? 'unknown'),
    );
    const summed = await ask('customer-segments');
    expect(sum(summed.map(({ customers: count }) => Number(count)))).toBe(gold.length);
  });

  it('show how they develop, and how many refer to customers that are not there', async () => {
    await everyTable();
    const [from, to] = [dayAfter(first, 20), dayAfter(first, 40)];

    const trends = await ask('trends', `first:date=${from}`, `last:date=${to}`);
    const orphans = await ask('orphans');

    const amount = (start: string, end: string, like: Row) =>
      fromCents(
        sum(
          present
            .filter(({ type, currency }) => type === like.type && currency === like.currency)
            .filter(({ transaction_ts }) => transaction_ts.slice(0, 10) >= start && transaction_ts.slice(0, 10) <= end)
            .map((row) => toCents(row.amount)),
        ),
      );
    expect(trends.length).toBeGreaterThan(20);
    for (const row of trends) {
      const day = String(row.transaction_date);
      expect(row.amount).toBe(amount(day, day, row));
      expect(row.week).toBe(amount(dayAfter(day, -6), day, row));
      expect(row.week_before ?? '0.00').toBe(amount(dayAfter(day, -13), dayAfter(day, -7), row));
    }
    const known = new Set(
      (await query('select customer_id from {silver}.customers')).map(({ customer_id }) => customer_id),
    );
    const unknown = (await query('select customer_id from {silver}.transactions where not meta_deleted')).filter(
      ({ customer_id }) => !known.has(customer_id),
    );
    expect(orphans.find(({ reference }) => reference === 'transactions.customer_id')).toMatchObject({
      ...{ on_orphan: 'flag', orphans: unknown.length, missing: new Set(unknown.map((row) => row.customer_id)).size },
    });
  });
});
