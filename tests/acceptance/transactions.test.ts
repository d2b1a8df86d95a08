import { describe, expect, it } from '@jest/globals';
import { type Row, tributaryJson } from './cloud.ts';
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

interface Transaction extends Row {
  transaction_id: string;
  customer_id: string;
  type: string;
  amount: string;
  currency: string;
  status: string;
  transaction_ts: string;
  updated_at: string;
  is_deleted: boolean;
}

const first = '2031-04-01';
const roll = dice(41);
const id = (n: number) => `T-txn-${String(n).padStart(4, '0')}`;
const pick = <T>(...values: T[]): T => values[roll(values.length)]!;

const transaction = (n: number): Transaction => {
  const transaction_ts = instant(first, roll(24 * 8));
  return {
    transaction_id: id(n),
    customer_id: `C-72${String(roll(30)).padStart(4, '0')}`,
    account: `DE${String(roll(90) + 10)}BANK`,
    type: pick('purchase', 'refund', 'deposit', 'fee'),
    amount: fromCents(roll(100_000)),
    currency: pick('EUR', 'USD'),
    status: pick('posted', 'posted', 'pending'),
    transaction_ts,
    updated_at: instant(transaction_ts, 1),
    is_deleted: false,
  };
};

const early = Array.from({ length: 240 }, (_, n) => transaction(n));
const change = (n: number, hours: number, more: Partial<Transaction>): Transaction => ({
  ...early[n]!,
  updated_at: instant(first, hours),
  ...more,
});
const late: Transaction[] = [
  // Corrected, some to another day; booked by mistake; deleted and then posted again; a tombstone and a correction that
  // are older than what is there.
  ...early.slice(0, 40).map((_, n) => change(n, 900, { status: 'posted', amount: fromCents(n * 101) })),
  ...early.slice(40, 50).map((_, n) => change(40 + n, 900, { transaction_ts: instant(first, 24 * 9) })),
  ...early.slice(50, 80).map((_, n) => change(50 + n, 900, { is_deleted: true })),
  ...early
    .slice(80, 85)
    .flatMap((_, n) => [
      change(80 + n, 901, { is_deleted: false, status: 'posted' }),
      change(80 + n, 900, { is_deleted: true }),
    ]),
  ...early.slice(85, 95).map((_, n) => change(85 + n, -900, { is_deleted: n % 2 === 0, amount: '1.00' })),
  ...Array.from({ length: 20 }, (_, n) => transaction(300 + n)),
];

const present = (files: Transaction[][]) =>
  latest(
    files.flat(),
    (row) => row.transaction_id,
    (row) => row.updated_at,
  ).filter((row) => !row.is_deleted);

/** What gold.daily_transactions has to have, by hand. */
function daily(rows: Transaction[]) {
  const posted = rows.filter(({ status }) => status === 'posted');
  const groups = groupBy(posted, (row) => `${row.transaction_ts.slice(0, 10)} ${row.type} ${row.currency}`);
  return [...groups]
    .map(([name, group]) => {
      const [transaction_date, type, currency] = name.split(' ');
      const customers = new Set(group.map(({ customer_id }) => customer_id)).size;
      const amount = fromCents(sum(group.map((row) => toCents(row.amount))));
      return { transaction_date, type, currency, transactions: group.length, customers, amount };
    })
    .sort(byGroup);
}

const nameOf = (row: Row) => `${row.transaction_date} ${row.type} ${row.currency}`;
const byGroup = (a: Row, b: Row) => (nameOf(a) < nameOf(b) ? -1 : 1);
const inGold = async () =>
  (
    await query(
      `select * from {gold}.daily_transactions
       where transaction_date between date '${first}' and date '${dayAfter(first, 20)}'`,
    )
  ).sort(byGroup);
const ids = (rows: Row[]) => rows.map(({ transaction_id }) => transaction_id).sort();
const snapshots = async () =>
  query(
    `select cast(snapshot_id as varchar) as id, cast(committed_at at time zone 'UTC' as timestamp(3)) as at
     from {silver}."transactions$snapshots" order by committed_at`,
  );

describe('transactions of accounts', () => {
  let at: string;

  it('are added up by day, type and currency', async () => {
    await dropAll({
      transactions: Object.fromEntries(
        [0, 1, 2].map((n) => [`txn-${n}.csv`, csv(early.filter((_, index) => index % 3 === n))]),
      ),
    });

    const gold = await inGold();

    expect(gold).toEqual(daily(early));
    at = String((await snapshots()).at(-1)!.at);
  });

  it('are changed and taken out by later rows, never by older ones', async () => {
    await dropAll({ transactions: { 'txn-late.csv': csv(late) } });

    const current = await query(
      "select transaction_id from {silver}.transactions_current where transaction_id like 'T-txn-%'",
    );

    const expected = present([early, late]);
    expect(ids(current)).toEqual(ids(expected));
    expect(expected.length).toBe(240 + 20 - 30);
    expect(await inGold()).toEqual(daily(expected));
  });

  it('can be asked for as they were at a time', async () => {
    const amounts = (rows: Transaction[]) =>
      [
        ...groupBy(
          rows.filter(({ status }) => status === 'posted'),
          ({ type, currency }) => `${type} ${currency}`,
        ),
      ]
        .map(([name, group]) => `${name} ${group.length} ${fromCents(sum(group.map((row) => toCents(row.amount))))}`)
        .sort();

    const then = (await query(
      `select type, currency, status, amount from {silver}.transactions
       for timestamp as of with_timezone(timestamp '${at}', 'UTC') where transaction_id like 'T-txn-%' and not meta_deleted`,
    )) as Transaction[];
    const asked = await ask('point-in-time', `at:timestamp=${at}`);

    expect(amounts(then)).toEqual(amounts(early));
    const everything = (await query(
      `select type, currency, status, amount from {silver}.transactions for version as of ${await idAt(at)}
       where not meta_deleted`,
    )) as Transaction[];
    expect(asked.map((row) => `${row.type} ${row.currency} ${row.transactions} ${row.amount}`)).toEqual(
      amounts(everything),
    );
  });

  it('show the customers that nothing is known of, and count all the same', async () => {
    const orphans = async () => {
      const [row] = (await ask('orphans')).filter(({ reference }) => reference === 'transactions.customer_id');
      return row!;
    };
    await everyTable();
    const before = await orphans();
    const known = present([early, late]).filter(({ customer_id }) => customer_id < 'C-720010');
    const customers = [...new Set(known.map(({ customer_id }) => customer_id))].map((customer_id) => ({
      ...{ customer_id, name: 'n', region: 'EMEA', country: 'DE', plan: 'pro', updated_at: instant(first, 1) },
    }));

    await dropAll({ customers: { 'txn-customers.csv': csv(customers) } });

    const after = await orphans();
    expect(before.on_orphan).toBe('flag');
    expect(Number(before.orphans) - Number(after.orphans)).toBe(known.length);
    expect(Number(before.missing) - Number(after.missing)).toBe(customers.length);
    expect(await inGold()).toEqual(daily(present([early, late])));
  });

  it('are compacted, and lose the snapshots that nobody may need any more', async () => {
    const files = async () => Number((await query('select count(*) as n from {silver}."transactions$files"'))[0]!.n);
    const [before, many, rows] = [
      await snapshots(),
      await files(),
      ids(await query('select transaction_id from {silver}.transactions')),
    ];
    const keep = (seconds: number) =>
      tributaryJson(
        'query',
        `alter table {silver}.transactions set tblproperties ('vacuum_max_snapshot_age_seconds'='${seconds}')`,
      );

    // The age is that of the table, which other tests go on with.
    const done = await keep(1)
      .then(() => tributaryJson('maintain', 'silver.transactions'))
      .finally(() => keep(604_800));

    expect(done).toMatchObject({ tables: [{ table: 'silver.transactions', outcome: 'maintained' }] });
    expect(await files()).toBeLessThan(many);
    const left = (await snapshots()).map(({ id: snapshot }) => snapshot);
    expect(before.filter(({ id: snapshot }) => left.includes(snapshot))).toEqual([]);
    expect(ids(await query('select transaction_id from {silver}.transactions'))).toEqual(rows);
    await dropAll({ transactions: { 'txn-after.csv': csv([transaction(999)]) } });
    expect(ids(await query('select transaction_id from {silver}.transactions'))).toHaveLength(rows.length + 1);
  });
});

/** The snapshot that the table had at this time. */
const idAt = async (time: string) => (await snapshots()).filter((each) => String(each.at) <= time).at(-1)!.id;
