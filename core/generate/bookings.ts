import { badAmount, instead, missing, missingCurrency, twoCurrencies } from './dirt.ts';
import type { Dirt, Generator } from './generator.ts';
import { propertyId, propertyOf } from './properties.ts';
import { instant, secondsAfter } from './row.ts';
import { paid, spelled } from './untidy.ts';

const STATUSES: Record<string, string[]> = {
  confirmed: ['OK', 'booked'],
  completed: ['done', 'checked out'],
  cancelled: ['Canceled', 'CANCELLED '],
};
const CHANNELS: Record<string, string[]> = {
  direct: ['web', 'App', ' website'],
  partner: ['Partner'],
  agency: ['travel agency'],
};
const DAY = 86_400;

const dayAfter = (text: unknown, days: number): string =>
  instant(secondsAfter(new Date(`${isoDay(String(text))}T00:00:00Z`), days * DAY)).slice(0, 10);

/** A day as either of the contract's formats has it. */
const isoDay = (text: string): string => text.replace(/^(\d\d)\.(\d\d)\.(\d{4})$/, '$3-$2-$1');
const germanDay = (iso: string): string => iso.replace(/^(\d{4})-(\d\d)-(\d\d)$/, '$3.$2.$1');

const dirt = {
  departure_before_arrival: {
    reason: 'departure_after_arrival',
    spoil: (row, random) => ({ ...row, check_out: dayAfter(row.check_in, -random.whole(0, 9)) }),
  },
  endless_stay: {
    reason: 'stay_of_a_year_at_most',
    spoil: (row, random) => ({ ...row, check_out: dayAfter(row.check_in, random.whole(367, 900)) }),
  },
  booked_after_arrival: {
    reason: 'booked_by_arrival',
    spoil: (row, random) => ({ ...row, booked_at: `${dayAfter(row.check_in, random.whole(2, 9))}T08:00:00Z` }),
  },
  missing_property: missing('property_id'),
  bad_day: instead('check_in', 'type', ['2025-02-30', '31/01/2025', 'Friday']),
  no_guests: instead('guests', 'minimum', ['0', '-1']),
  bad_amount: badAmount('amount', 'type', ['gratis', '99,00', '¥9000', '€ 1.999']),
  negative_amount: badAmount('amount', 'minimum', ['-80.00', '€-80', '(80.00 EUR)']),
  two_currencies: twoCurrencies('amount'),
  missing_currency: missingCurrency('amount'),
  bad_status: instead('status', 'enum', ['perhaps', 'lost']),
  bad_channel: instead('channel', 'enum', ['fax', 'pigeon']),
} satisfies Record<string, Dirt>;

/** Stays at the properties of the same seed, at what these cost. A change is another status. */
export const bookings: Generator = {
  kind: 'facts',
  rows: 300,
  format: 'csv',
  columns: [
    ...['booking_id', 'property_id', 'guest_id', 'guests', 'check_in', 'check_out', 'booked_at', 'amount', 'currency'],
    ...['status', 'channel', 'updated_at'],
  ],
  id: (index, code) => `BK-${code}-${String(index + 1).padStart(6, '0')}`,
  row({ seed, random, at, parent }) {
    const property = parent('properties');
    const { cents, currency, capacity } = propertyOf(seed, property);
    const checkIn = dayAfter(instant(at).slice(0, 10), random.whole(0, 90));
    const nights = random.whole(1, 14);
    const channel = random.pick(Object.keys(CHANNELS));
    return {
      property_id: propertyId(property),
      guest_id: `G-${String(random.whole(1, 5_000)).padStart(4, '0')}`,
      guests: random.whole(1, capacity),
      check_in: spelled(checkIn, random, [germanDay(checkIn)]),
      check_out: spelled(dayAfter(checkIn, nights), random, [germanDay(dayAfter(checkIn, nights))]),
      booked_at: instant(at),
      ...paid('amount', nights * cents, currency, random),
      status: spelled('confirmed', random, STATUSES.confirmed!),
      channel: spelled(channel, random, CHANNELS[channel]!),
      updated_at: instant(secondsAfter(at, random.whole(3_600, 7_200))),
    };
  },
  changed(row, { random, at }) {
    const isOver = dayAfter(row.check_out, 0) <= instant(at).slice(0, 10);
    const status = random.pick(isOver ? ['completed', 'completed', 'cancelled'] : ['confirmed', 'cancelled']);
    return { ...row, status: spelled(status, random, STATUSES[status]!) };
  },
  changes: 0.15,
  dirt,
};
