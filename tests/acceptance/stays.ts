import { dayAfter, dice, fromCents, instant, toCents } from './systems.ts';

/** Hosts, properties and bookings for the test of bookings, and what follows from them by hand. */

export const first = '2031-07-01';
const roll = dice(71);
const pick = <T>(...values: T[]): T => values[roll(values.length)]!;
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

export interface Version {
  updated_at: string;
  is_deleted: boolean;
}

/** Versions from half a year before the first stay on, in the order of time; some say the same as the one before. */
function versions<T extends object>(make: () => T, count: number): (T & Version)[] {
  const hours = [...new Set(times(count, () => -4400 + roll(5800)))].sort((a, b) => a - b);
  let content = make();
  return hours.map((hour, n) => {
    if (roll(4) > 0) content = make();
    return { ...content, updated_at: instant(first, hour), is_deleted: n > 0 && roll(7) === 0 };
  });
}

export interface Host extends Version {
  host_id: string;
  is_superhost: boolean;
}
const host = (n: number) => () => ({
  ...{ host_id: `H-81${String(n).padStart(2, '0')}`, name: `host ${n}`, email: `host${n}@example.com`, country: 'DE' },
  is_superhost: roll(2) === 0,
});
/** Of H-8105 nothing ever comes. */
export const hosts: Host[] = times(5, (n) => versions(host(n), 5)).flat();

export interface Property extends Version {
  property_id: string;
  host_id: string;
  property_type: string;
  city: string;
  nightly_price: string;
  currency: string;
}
const property = (n: number) => () => ({
  property_id: `PR-81${String(n).padStart(2, '0')}`,
  host_id: `H-81${String(roll(6)).padStart(2, '0')}`,
  ...{ name: `property ${n}`, property_type: pick('room', 'house'), address: 'Street 1', city: pick('Bonn', 'Trier') },
  ...{ country: pick('DE', ' germany', 'Deutschland'), capacity: 4 },
  ...{ nightly_price: fromCents(1000 + roll(30_000)), currency: 'EUR' },
});
export const properties: Property[] = times(8, (n) => versions(property(n), 6)).flat();

export interface Booking {
  booking_id: string;
  property_id: string;
  check_in: string;
  check_out: string;
  booked_at: string;
  amount: string;
  currency: string;
  status: string;
  channel: string;
}
const booking = (n: number): Booking => {
  const arrival = roll(120);
  const booked_at = instant(first, (arrival - roll(200)) * 24 + 7);
  return {
    booking_id: `BK-stay-${String(n).padStart(3, '0')}`,
    property_id: n % 40 === 0 ? 'PR-8199' : `PR-81${String(roll(8)).padStart(2, '0')}`,
    ...{ guest_id: `G-${1000 + roll(50)}`, guests: 1 + roll(4) },
    ...{ check_in: dayAfter(first, arrival), check_out: dayAfter(first, arrival + 1 + roll(12)), booked_at },
    ...{ amount: fromCents(roll(100_000)), currency: pick('EUR', 'EUR', 'CHF') },
    ...{ status: pick('confirmed', 'completed', 'cancelled'), channel: pick('direct', 'partner', 'agency') },
    updated_at: booked_at,
  } as Booking;
};
export const bookings: Booking[] = times(120, booking);

/** Each breaks one rule. */
export const dirty = times(3, (n) => {
  const good = { ...booking(900 + n), property_id: 'PR-8100', booked_at: instant(first, 0), status: 'confirmed' };
  if (n === 0) return { ...good, check_in: dayAfter(first, 3), check_out: dayAfter(first, 3) };
  if (n === 1) return { ...good, check_in: dayAfter(first, -2), check_out: dayAfter(first, 2) };
  return { ...good, check_in: dayAfter(first, 1), check_out: dayAfter(first, 369) };
});

export interface Interval<T> {
  row: T;
  valid_from: string;
  valid_to: string | null;
}

/** The intervals of one key's versions: the same again goes on, a tombstone ends what was before. */
export function versionsOf<T extends Version>(rows: T[]): Interval<T>[] {
  const inOrder = [...rows].sort((a, b) => (a.updated_at < b.updated_at ? -1 : 1));
  const content = (row: T) => {
    const country = (row as { country?: string }).country === undefined ? {} : { country: 'DE' };
    return JSON.stringify({ ...row, ...country, updated_at: null });
  };
  const intervals: Interval<T>[] = [];
  let open: Interval<T> | undefined;
  for (const row of inOrder) {
    if (open && content(open.row) === content(row)) continue;
    if (open) open.valid_to = row.updated_at;
    open = row.is_deleted ? undefined : { row, valid_from: row.updated_at, valid_to: null };
    if (open) intervals.push(open);
  }
  return intervals;
}

/** The version that held at a time. */
export const versionAt = <T extends Version>(rows: T[], at: string): Interval<T> | undefined =>
  versionsOf(rows).find(({ valid_from, valid_to }) => valid_from <= at && (valid_to === null || at < valid_to));

export function nightsOf({ check_in, check_out }: Booking): string[] {
  return times((Date.parse(check_out) - Date.parse(check_in)) / 86_400_000, (n) => dayAfter(check_in, n));
}

/** Cents of the k-th night: what the first k + 1 nights have, rounded down, less what the first k have. */
export function shareOf(stay: Booking, k: number): number {
  const [cents, nights] = [BigInt(toCents(stay.amount)), BigInt(nightsOf(stay).length)];
  const upTo = (count: number) => (cents * BigInt(count)) / nights;
  return Number(upTo(k + 1) - upTo(k));
}
