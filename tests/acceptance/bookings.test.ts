import { describe, expect, it } from '@jest/globals';
import { dropText, type Row } from './cloud.ts';
import {
  type Booking,
  bookings,
  dirty,
  first,
  hosts,
  nightsOf,
  type Property,
  properties,
  shareOf,
  versionAt,
  versionsOf,
} from './stays.ts';
import {
  ask,
  csv,
  dayAfter,
  dropAll,
  everyTable,
  fromCents,
  groupBy,
  instant,
  jsonLines,
  query,
  sum,
  toCents,
} from './systems.ts';

const iso = (text: unknown) => (text === null ? null : `${String(text).slice(0, 19).replace(' ', 'T')}Z`);
const sorted = <T>(rows: T[]) => rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

describe('bookings of properties', () => {
  it('are checked across columns and brought into one form', async () => {
    const [third, half] = [Math.floor(properties.length / 3), Math.floor(hosts.length / 2)];
    const reversed = [...properties].reverse();
    // Newest versions first, in files of their own, so that older ones arrive late.
    await dropAll({
      hosts: { 'stays-new.jsonl': jsonLines(hosts.slice(half)) },
      properties: {
        'stays-a.csv': csv(reversed.slice(0, third)),
        'stays-b.csv': csv(reversed.slice(third, 2 * third)),
      },
    });

    const dropped = await dropText('bookings', 'stays.csv', csv([...bookings.map(asTyped), ...dirty]));

    expect(dropped).toMatchObject({
      outcome: 'done',
      counts: { in: bookings.length + dirty.length, accepted: bookings.length, rejected: dirty.length },
    });
    const reasons = await query(
      `select rule, count(*) as rows
       from {ops}.quarantine cross join unnest(reasons) as t (column_name, rule, value, message)
       where file_id = '${dropped.file_id}' group by rule order by 1`,
    );
    expect(reasons).toEqual([
      { rule: 'booked_by_arrival', rows: 1 },
      { rule: 'departure_after_arrival', rows: 1 },
      { rule: 'stay_of_a_year_at_most', rows: 1 },
    ]);
    const rows = await query(
      "select booking_id, status, channel, currency, amount, check_in from {silver}.bookings where booking_id like 'BK-stay-%'",
    );
    expect(sorted(rows)).toEqual(
      sorted(
        bookings.map(({ booking_id, status, channel, currency, amount, check_in }) => ({
          ...{ booking_id, status, channel, currency, amount, check_in },
        })),
      ),
    );
    await dropAll({
      hosts: { 'stays-old.jsonl': jsonLines(hosts.slice(0, half)) },
      properties: { 'stays-c.csv': csv(reversed.slice(2 * third)) },
    });
  });

  it('have dimensions with every version, whatever order they came in', async () => {
    const history = await query(
      `select property_id, valid_from, valid_to, is_current, host_id, city, country, property_type, nightly_price, currency
       from {gold}.dim_properties where property_id like 'PR-81%'`,
    );
    const ofHosts = await query(
      "select host_id, valid_from, valid_to, is_current, is_superhost from {gold}.dim_hosts where host_id like 'H-81%'",
    );

    const expected = [...groupBy(properties, ({ property_id }) => property_id).values()].flatMap(versionsOf);
    expect(
      sorted(history.map((row) => ({ ...row, valid_from: iso(row.valid_from), valid_to: iso(row.valid_to) }))),
    ).toEqual(
      sorted(
        expected.map(({ row, valid_from, valid_to }) => ({
          ...{
            property_id: row.property_id,
            valid_from,
            valid_to,
            is_current: valid_to === null,
            host_id: row.host_id,
          },
          ...{ city: row.city, country: 'DE', property_type: row.property_type },
          ...{ nightly_price: row.nightly_price, currency: row.currency },
        })),
      ),
    );
    const expectedHosts = [...groupBy(hosts, ({ host_id }) => host_id).values()].flatMap(versionsOf);
    expect(
      sorted(ofHosts.map((row) => ({ ...row, valid_from: iso(row.valid_from), valid_to: iso(row.valid_to) }))),
    ).toEqual(
      sorted(
        expectedHosts.map(({ row, valid_from, valid_to }) => ({
          ...{ host_id: row.host_id, valid_from, valid_to, is_current: valid_to === null },
          is_superhost: row.is_superhost,
        })),
      ),
    );
    const [at] = await ask(
      'property-at',
      `property=${expected[0]!.row.property_id}`,
      `at:timestamp=${expected[0]!.valid_from.slice(0, 19).replace('T', ' ')}`,
    );
    expect(at).toMatchObject({ nightly_price: expected[0]!.row.nightly_price, city: expected[0]!.row.city });
  });

  it('are facts beside the versions that held when they were made', async () => {
    const facts = await query(
      `select booking_id, property_key, property_valid_from, host_key, list_price, nights, revenue
       from {gold}.fct_bookings where booking_id like 'BK-stay-%'`,
    );

    const expected = bookings
      .filter(({ property_id }) => property_id !== missing)
      .map((booking) => {
        const property = versionAt(
          properties.filter(({ property_id }) => property_id === booking.property_id),
          booking.booked_at,
        );
        const host = versionAt(
          hosts.filter(({ host_id }) => host_id === property?.row.host_id),
          booking.booked_at,
        );
        return {
          booking_id: booking.booking_id,
          property_key: property?.row.property_id ?? 'unknown',
          property_valid_from: property?.valid_from ?? '1900-01-01T00:00:00Z',
          host_key: host?.row.host_id ?? 'unknown',
          list_price: property?.row.nightly_price ?? null,
          nights: nightsOf(booking).length,
          revenue: booking.status === 'cancelled' ? '0.00' : booking.amount,
        };
      });
    expect(sorted(facts.map((row) => ({ ...row, property_valid_from: iso(row.property_valid_from) })))).toEqual(
      sorted(expected),
    );
    expect(expected.filter(({ property_key }) => property_key === 'unknown').length).toBeGreaterThan(0);
    expect(expected.filter(({ host_key }) => host_key === 'unknown').length).toBeGreaterThan(0);
  });

  it('occupy nights, which share their amounts to the cent', async () => {
    await expectNights(bookings.filter(({ property_id }) => property_id !== missing));
  });

  it('wait for a property that is not there, and count by themselves when it comes', async () => {
    const waiting = bookings.filter(({ property_id }) => property_id === missing);
    const held = await query(
      "select booking_id, waits_for from {silver}.bookings_held where booking_id like 'BK-stay-%' order by 1",
    );
    await everyTable();
    const [orphans] = (await ask('orphans')).filter(({ reference }) => reference === 'bookings.property_id');

    const property = { ...properties[0]!, property_id: missing, is_deleted: false, updated_at: instant(first, -2000) };
    const dropped = await dropText('properties', 'stays-missing.jsonl', jsonLines([property]));

    expect(held).toEqual(
      sorted(waiting.map(({ booking_id }) => ({ booking_id, waits_for: `property_id ${missing} in properties` }))),
    );
    expect(orphans!.on_orphan).toBe('hold');
    expect(Number(orphans!.orphans)).toBeGreaterThanOrEqual(waiting.length);
    expect(dropped.outcome).toBe('done');
    const counted = await query(
      `select booking_id from {gold}.fct_bookings where property_id = '${missing}' and property_key = '${missing}' order by 1`,
    );
    expect(counted.map(({ booking_id }) => booking_id)).toEqual(waiting.map(({ booking_id }) => booking_id).sort());
    expect(await query("select * from {silver}.bookings_held where booking_id like 'BK-stay-%'")).toEqual([]);
    await expectNights(bookings);
    for (const month of ['2031-07-01', '2031-09-01']) await expectOccupancy(month, bookings, [...properties, property]);
  });
});

const missing = 'PR-8199';

/** A booking as somebody types it: capitals, other words, and amounts with their currency. */
function asTyped(booking: Booking, n: number): Row {
  const words: Record<string, string> = { cancelled: ' Canceled', confirmed: 'BOOKED', completed: 'done' };
  const { currency, amount, status, channel, ...rest } = booking;
  const typed = n % 2 === 0 ? { amount: `€ ${amount}`, currency: '' } : { amount, currency: ' eur ' };
  const money = currency === 'EUR' ? typed : { amount, currency };
  return { ...rest, ...money, status: words[status], channel: channel.toUpperCase() };
}

/** Holds gold.fct_property_day and what is over it against the bookings. */
async function expectNights(counted: Booking[]): Promise<void> {
  const rows = await query(
    `select property_id, night, currency, is_listed, is_occupied, bookings, revenue from {gold}.fct_property_day
     where property_id like 'PR-81%'`,
  );
  const stays = counted.filter(({ status }) => status !== 'cancelled');
  const shares = stays.flatMap((stay) =>
    nightsOf(stay).map((night, k) => ({
      name: `${stay.property_id} ${night} ${stay.currency}`,
      cents: shareOf(stay, k),
    })),
  );
  const expected = [...groupBy(shares, ({ name }) => name)].map(
    ([name, group]) => `${name} ${group.length} ${fromCents(sum(group.map(({ cents }) => cents)))}`,
  );
  const occupied = rows.filter(({ is_occupied }) => is_occupied);
  expect(
    occupied.map((row) => `${row.property_id} ${row.night} ${row.currency} ${row.bookings} ${row.revenue}`).sort(),
  ).toEqual(expected.sort());
  expect(sum(occupied.map(({ revenue }) => toCents(revenue)))).toBe(sum(stays.map(({ amount }) => toCents(amount))));

  for (const [property, days] of groupBy(rows, ({ property_id }) => String(property_id))) {
    const nights = [...new Set(days.map(({ night }) => String(night)))].sort();
    expect(nights).toEqual(nights.map((_, n) => dayAfter(nights[0]!, n)));
    const booked = stays
      .filter(({ property_id }) => property_id === property)
      .flatMap(nightsOf)
      .sort();
    expect(nights.at(-1)!.slice(0, 7)).toBe(booked.at(-1)!.slice(0, 7));
    expect(dayAfter(nights.at(-1)!, 1).slice(8)).toBe('01');
  }
  const months = await query("select * from {gold}.property_occupancy where property_id like 'PR-81%'");
  for (const month of months) {
    const days = rows.filter(
      ({ property_id, night }) =>
        property_id === month.property_id && String(night).startsWith(String(month.month).slice(0, 7)),
    );
    const nights = (which: (row: Row) => boolean) => new Set(days.filter(which).map(({ night }) => night)).size;
    const available = nights((row) => row.is_listed === true || row.is_occupied === true);
    const taken = nights((row) => row.is_occupied === true);
    expect(month).toMatchObject({ available_nights: available, occupied_nights: taken });
    expect(Number(month.occupancy)).toBeCloseTo(available === 0 ? 0 : taken / available, 3);
  }
}

/** Holds sql/queries/property-occupancy.sql of a month against the bookings and the versions of what is booked. */
async function expectOccupancy(month: string, counted: Booking[], versions: Property[]): Promise<void> {
  const stays = counted.filter(({ status }) => status !== 'cancelled');
  const days = Array.from({ length: 31 }, (_, n) => dayAfter(month, n)).filter((day) =>
    day.startsWith(month.slice(0, 7)),
  );
  const available = [...groupBy(stays, ({ property_id }) => property_id)].flatMap(([property, group]) => {
    const history = versionsOf(versions.filter(({ property_id }) => property_id === property));
    const booked = group.flatMap(nightsOf).sort();
    const [begins] = [booked[0]!, ...history.map(({ valid_from }) => valid_from.slice(0, 10))].sort();
    const nights = booked.at(-1)! < month ? [] : days.filter((night) => night >= begins!);
    const isListed = (night: string) =>
      history.some(
        ({ valid_from, valid_to }) =>
          valid_from.slice(0, 10) <= night && (valid_to === null || valid_to.slice(0, 10) > night),
      );
    const now = history.find(({ valid_to }) => valid_to === null);
    const place = now === undefined ? 'unknown unknown' : `DE ${now.row.city}`;
    const occupied = nights.filter((night) => booked.includes(night)).length;
    const open = nights.filter((night) => booked.includes(night) || isListed(night)).length;
    return nights.length === 0 ? [] : [{ place, open, occupied }];
  });
  const expected = [...groupBy(available, ({ place }) => place)].map(([place, group]) => {
    const [open, occupied] = [sum(group.map((each) => each.open)), sum(group.map((each) => each.occupied))];
    const [country, city] = place.split(' ');
    return {
      ...{ country, city, properties: group.length, available_nights: open, occupied_nights: occupied },
      // Rounded half up as decimals are, which is more than a division of doubles can promise.
      occupancy: (Math.floor((2 * 10_000 * occupied + open) / (2 * open)) / 10_000).toFixed(4),
    };
  });

  const answer = await ask('property-occupancy', `month:date=${month}`);

  expect(expected.length).toBeGreaterThan(1);
  expect(sorted(answer)).toEqual(sorted(expected));
}
