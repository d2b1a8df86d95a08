import { afterEach, describe, expect, it } from '@jest/globals';
import { type DuckGold, datasets, duckGold, marts } from './duck-gold.ts';
import { type Row, silverOf } from './silver-rows.ts';

let gold: DuckGold;
afterEach(() => gold.close());

/** Marts of one file of each dataset; `names` are those that are asked for, with the tables that they read. */
async function built(names: string[], files: Record<string, Row[]>): Promise<DuckGold> {
  const wanted = marts().filter(({ name }) => names.includes(name));
  const below = new Set([...names, ...wanted.flatMap(({ sources }) => sources)]);
  gold = await duckGold(marts().filter(({ name }) => below.has(name)));
  for (const [n, [dataset, rows]] of Object.entries(files).entries()) {
    await gold.commit(dataset, silverOf(datasets[dataset]!, [{ n: n + 1, rows }], n + 1, []), n + 1, false);
  }
  for (const dataset of Object.keys(files)) await gold.refresh(dataset);
  return gold;
}

const property = (updated_at: string, more: Row = {}): Row => ({
  ...{ property_id: 'PR-0001', host_id: 'H-0001', name: 'n', property_type: 'room', address: 'a', city: 'Bonn' },
  ...{ country: 'DE', capacity: 2, nightly_price: '50.00', currency: 'EUR', updated_at, is_deleted: null, ...more },
});
const booking = (booking_id: string, check_in: string, check_out: string, more: Row = {}): Row => ({
  ...{ booking_id, property_id: 'PR-0001', guest_id: 'G-0001', guests: 1, check_in, check_out },
  ...{ booked_at: '2031-01-05T10:00:00', amount: '100.00', currency: 'EUR', status: 'confirmed', channel: 'direct' },
  ...{ updated_at: '2031-01-05T10:00:00', ...more },
});
const occupied = () =>
  gold.rows(
    'select cast(night as varchar) as night, currency, bookings, revenue, average_daily_rate as rate from go.fct_property_day where is_occupied order by 1, 2',
  );

describe('fct_property_day', () => {
  it('shares an amount among the nights of a stay so that they add up to it', async () => {
    await built(['fct_property_day'], {
      properties: [property('2031-01-01T00:00:00')],
      bookings: [
        booking('BK-1', '2031-01-30', '2031-02-02'),
        booking('BK-2', '2031-02-10', '2031-02-11', { amount: '0.01' }),
      ],
    });

    const nights = await occupied();

    expect(nights.map(({ night, revenue }) => [night, revenue])).toEqual([
      ['2031-01-30', '33.33'],
      ['2031-01-31', '33.33'],
      ['2031-02-01', '33.34'],
      ['2031-02-10', '0.01'],
    ]);
  });

  it('has free nights from the day of listing to the end of the month of the last guest', async () => {
    await built(['fct_property_day'], {
      properties: [
        property('2031-01-20T18:00:00'),
        property('2031-01-25T09:00:00', { is_deleted: true }),
        property('2031-01-28T09:00:00'),
      ],
      bookings: [booking('BK-1', '2031-01-29', '2031-01-30')],
    });

    const [span] = await gold.rows(
      `select cast(min(night) as varchar) as first, cast(max(night) as varchar) as last, count(*) as nights,
         string_agg(case when not is_listed then cast(night as varchar) end, ' ' order by night) as unlisted
       from go.fct_property_day`,
    );

    expect(span).toEqual({
      ...{ first: '2031-01-20', last: '2031-01-31', nights: '12' },
      unlisted: '2031-01-25 2031-01-26 2031-01-27',
    });
  });

  it('counts a night once for each currency, both bookings of one, and none that are cancelled', async () => {
    await built(['fct_property_day', 'property_occupancy'], {
      properties: [property('2031-02-01T00:00:00')],
      bookings: [
        booking('BK-1', '2031-02-03', '2031-02-04'),
        booking('BK-2', '2031-02-03', '2031-02-04', { amount: '50.01' }),
        booking('BK-3', '2031-02-03', '2031-02-04', { currency: 'USD' }),
        booking('BK-4', '2031-02-05', '2031-02-06', { status: 'cancelled' }),
      ],
    });

    const [nights, months] = [
      await occupied(),
      await gold.rows('select * from go.property_occupancy order by currency'),
    ];

    expect(nights.map((row) => Object.values(row).map(String))).toEqual([
      ['2031-02-03', 'EUR', '2', '150.01', '75.01'],
      ['2031-02-03', 'USD', '1', '100.00', '100.00'],
    ]);
    expect(
      months.map(({ currency, available_nights, occupied_nights, occupancy, revenue }) => ({
        ...{ currency, available_nights, occupied_nights, occupancy, revenue },
      })),
    ).toEqual(
      [
        ['EUR', '150.01'],
        ['USD', '100.00'],
      ].map(([currency, revenue]) => ({
        ...{ currency, available_nights: '28', occupied_nights: '1', occupancy: '0.0357', revenue },
      })),
    );
  });
});

describe('fct_bookings', () => {
  it('has the versions of property and host that held when it was made, or the unknown ones', async () => {
    const host = (updated_at: string, is_superhost: boolean): Row => ({
      ...{ host_id: 'H-0001', name: 'n', email: null, country: 'DE', is_superhost, updated_at, is_deleted: null },
    });
    await built(['fct_bookings'], {
      hosts: [host('2031-01-04T00:00:00', true)],
      properties: [property('2031-01-03T00:00:00'), property('2031-01-05T10:00:00', { nightly_price: '60.00' })],
      bookings: [
        booking('BK-1', '2031-01-09', '2031-01-10', { booked_at: '2031-01-02T23:59:59' }),
        booking('BK-2', '2031-01-09', '2031-01-10', { booked_at: '2031-01-03T00:00:00' }),
        booking('BK-3', '2031-01-09', '2031-01-10', { booked_at: '2031-01-05T09:59:59' }),
        booking('BK-4', '2031-01-09', '2031-01-10', { status: 'cancelled' }),
      ],
    });

    const facts = await gold.rows(
      'select booking_id, property_key, list_price, host_key, revenue from go.fct_bookings order by booking_id',
    );

    expect(facts.map((row) => Object.values(row))).toEqual([
      ['BK-1', 'unknown', null, 'unknown', '100.00'],
      ['BK-2', 'PR-0001', '50.00', 'unknown', '100.00'],
      ['BK-3', 'PR-0001', '50.00', 'H-0001', '100.00'],
      ['BK-4', 'PR-0001', '60.00', 'H-0001', '0.00'],
    ]);
  });
});

describe('kpi_by_plan', () => {
  it('converts those who bought of those who were active, and knows no customer before the sign-up', async () => {
    const event = (n: number, customer_id: string | null, plan: string | null, amount?: string | null): Row => ({
      ...{ event_id: `E-${n}`, customer_id, plan, event_type: amount === undefined ? 'login' : 'purchase' },
      ...{ amount: amount ?? null, event_ts: '2031-01-01T10:00:00', sent_at: '2031-01-01T10:00:00' },
    });
    await built(['kpi_by_plan'], {
      events: [
        event(1, 'C-000001', 'pro', '10.00'),
        event(2, 'C-000001', 'pro', null),
        event(3, 'C-000002', 'pro'),
        event(4, 'C-000003', 'pro'),
        event(5, null, null, '5.00'),
        event(6, 'C-000001', 'free'),
      ],
    });

    const rows = await gold.rows('select * from go.kpi_by_plan order by plan');

    expect(rows.map((row) => Object.values(row).map(String))).toEqual([
      ['free', '1', '0', '1', '0', '0.0000', '0.00'],
      ['pro', '4', '2', '3', '1', '0.3333', '39.00'],
      ['unknown', '1', '1', '0', '0', 'null', '5.00'],
    ]);
  });
});

describe('customer_segments', () => {
  it('gives customers who are equal in a figure the same score of it', async () => {
    const transaction = (n: number, customer_id: string, amount: string, day: number): Row => ({
      ...{ transaction_id: `T-${n}`, customer_id, account: 'A', type: 'purchase', amount, currency: 'EUR' },
      ...{
        status: 'posted',
        transaction_ts: `2031-01-0${day}T10:00:00`,
        updated_at: '2031-02-01T10:00:00',
        is_deleted: null,
      },
    });
    await built(['customer_segments'], {
      transactions: [
        transaction(1, 'C-000001', '10.00', 1),
        transaction(2, 'C-000002', '10.00', 1),
        transaction(3, 'C-000003', '20.00', 2),
        transaction(4, 'C-000004', '30.00', 3),
        transaction(5, 'C-000005', '40.00', 4),
        transaction(6, 'C-000005', '0.00', 4),
      ],
    });

    const rows = await gold.rows(
      'select customer_id, recency_days, recency_score, frequency_score, money_score, segment from go.customer_segments order by 1',
    );

    expect(rows.map((row) => Object.values(row).map(String))).toEqual([
      ['C-000001', '3', '1', '1', '1', 'lapsed'],
      ['C-000002', '3', '1', '1', '1', 'lapsed'],
      ['C-000003', '2', '3', '1', '3', 'regular'],
      ['C-000004', '1', '4', '1', '4', 'recent'],
      ['C-000005', '0', '5', '5', '5', 'champion'],
    ]);
  });

  it('calls each of ten customers what the scores say, by all six names', async () => {
    // By customer: the day of the last purchase, how many purchases, and what they are worth.
    const bought: [day: number, purchases: number, each: string][] = [
      [1, 10, '1.00'],
      [2, 1, '500.00'],
      [3, 2, '1.00'],
      [4, 3, '2.00'],
      [5, 1, '3.00'],
      [6, 2, '2.50'],
      [7, 6, '0.50'],
      [8, 8, '20.00'],
      [9, 9, '30.00'],
      [10, 1, '4.00'],
    ];
    const transactions = bought.flatMap(([day, purchases, amount], customer) =>
      Array.from(
        { length: purchases },
        (_, n): Row => ({
          ...{ transaction_id: `T-${customer}-${n}`, customer_id: `C-${String(customer + 1).padStart(6, '0')}` },
          ...{ account: 'A', type: 'purchase', amount, currency: 'EUR', status: 'posted' },
          transaction_ts: `2031-01-${String(day).padStart(2, '0')}T10:00:00`,
          ...{ updated_at: '2031-02-01T10:00:00', is_deleted: null },
        }),
      ),
    );
    await built(['customer_segments'], { transactions });

    const rows = await gold.rows(
      'select customer_id, recency_score, frequency_score, money_score, segment from go.customer_segments order by 1',
    );

    expect(rows.map((row) => Object.values(row).slice(1).map(String))).toEqual([
      ['1', '5', '4', 'at risk'],
      ['1', '1', '5', 'at risk'],
      ['2', '2', '1', 'lapsed'],
      ['2', '3', '3', 'lapsed'],
      ['3', '1', '1', 'regular'],
      ['3', '2', '3', 'regular'],
      ['4', '4', '1', 'loyal'],
      ['4', '4', '4', 'champion'],
      ['5', '5', '5', 'champion'],
      ['5', '1', '2', 'recent'],
    ]);
  });
});
