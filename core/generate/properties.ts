import { badAmount, instead, missing, missingCurrency, twoCurrencies } from './dirt.ts';
import { type Dirt, type Generator, seedOf } from './generator.ts';
import { hostId } from './hosts.ts';
import { randomFrom } from './random.ts';
import { instant } from './row.ts';
import { COUNTRIES, paid, spelled } from './untidy.ts';

const PLACES: Record<string, { city: string; currency: string }> = {
  AT: { city: 'Wien', currency: 'EUR' },
  DE: { city: 'Köln', currency: 'EUR' },
  ES: { city: 'Málaga', currency: 'EUR' },
  FR: { city: 'Lyon', currency: 'EUR' },
  GB: { city: 'Bath', currency: 'GBP' },
  IT: { city: 'Lecce', currency: 'EUR' },
  PT: { city: 'Porto', currency: 'EUR' },
  US: { city: 'Austin', currency: 'USD' },
};
const TYPES: Record<string, string[]> = {
  apartment: ['flat', 'Appartment', 'apt'],
  house: ['House '],
  room: ['private room', 'Shared Room'],
  villa: ['VILLA'],
};

/** `PR-0001` for the first property. */
export const propertyId = (index: number): string => `PR-${String(index + 1).padStart(4, '0')}`;

/** What a property is like from the beginning, which bookings know too. */
export function propertyOf(seed: string, index: number) {
  const random = randomFrom(`${seedOf(seed, 'properties', index)} kind`);
  const country = random.pick(Object.keys(PLACES));
  return { country, ...PLACES[country]!, cents: random.whole(30, 400) * 100, capacity: random.whole(1, 8) };
}

const dirt = {
  missing_address: missing('address'),
  bad_type: instead('property_type', 'enum', ['castle', 'tent', '?']),
  bad_country: instead('country', 'pattern', ['Atlantis', 'D', '49']),
  no_capacity: instead('capacity', 'minimum', ['0', '-2']),
  bad_price: badAmount('nightly_price', 'type', ['on request', '99,00', '¥9000', '€ 1.999']),
  negative_price: badAmount('nightly_price', 'minimum', ['-80.00', '€-80', '(80.00 EUR)']),
  two_currencies: twoCurrencies('nightly_price'),
  missing_currency: missingCurrency('nightly_price'),
} satisfies Record<string, Dirt>;

/** Properties `PR-0001` on. A change is another price, or now and then the end of letting. */
export const properties: Generator = {
  kind: 'master',
  rows: 100,
  format: 'csv',
  columns: [
    ...['property_id', 'host_id', 'name', 'property_type', 'address', 'city', 'country', 'capacity', 'nightly_price'],
    ...['currency', 'updated_at', 'is_deleted'],
  ],
  id: propertyId,
  row({ seed, index, random, at, parent }) {
    const { country, city, currency, cents, capacity } = propertyOf(seed, index);
    const type = random.pick(Object.keys(TYPES));
    return {
      host_id: hostId(parent('hosts')),
      name: spelled(`${city} ${index + 1}`, random, [` ${city}, no. ${index + 1} `]),
      property_type: spelled(type, random, TYPES[type]!),
      address: `${random.whole(1, 120)} Station Road, ${city}`,
      city,
      country: spelled(country, random, COUNTRIES[country]!),
      capacity,
      ...paid('nightly_price', cents, currency, random),
      updated_at: instant(at),
      is_deleted: '',
    };
  },
  changed(row, { seed, index, random }) {
    const { currency } = propertyOf(seed, index);
    return {
      ...row,
      ...paid('nightly_price', random.whole(30, 400) * 100, currency, random),
      is_deleted: random.next() < 0.05 ? 'true' : '',
    };
  },
  dirt,
};
