import { instead, missing } from './dirt.ts';
import { type Dirt, type Generator, seedOf } from './generator.ts';
import { type Random, randomFrom } from './random.ts';
import { instant, type Row } from './row.ts';

const FIRST = ['Ada', 'Bela', 'Chidi', 'Dora', 'Emre', 'Farah', 'Goran', 'Hana', 'Ines', 'Jomo', 'Kaito', 'Lucía'];
const LAST = ['Abara', 'Brown', 'Costa', 'Demir', 'Evans', 'Fischer', 'Gupta', 'Haddad', 'Ito', 'Jansen', "O'Neil"];
const COUNTRIES = {
  AMER: ['US', 'CA', 'BR', 'MX'],
  EMEA: ['DE', 'FR', 'GB', 'NG', 'TR'],
  APAC: ['JP', 'IN', 'AU', 'SG'],
};
const PLANS = ['free', 'free', 'pro', 'pro', 'enterprise'];

/** `C-000001` for the first customer. */
export const customerId = (index: number): string => `C-${String(index + 1).padStart(6, '0')}`;

const COLUMNS = ['customer_id', 'name', 'email', 'region', 'country', 'plan', 'signed_up_on', 'updated_at'] as const;

function person(index: number, random: Random): Row {
  const region = random.pick(Object.keys(COUNTRIES) as (keyof typeof COUNTRIES)[]);
  const [first, last] = [random.pick(FIRST), random.pick(LAST)];
  return {
    customer_id: customerId(index),
    name: random.next() < 0.1 ? `${last}, ${first}` : `${first} ${last}`,
    email: `customer${index + 1}@example.com`,
    region,
    country: random.pick(COUNTRIES[region]),
    plan: random.pick(PLANS),
  };
}

const dirt = {
  bad_email: instead('email', 'pattern', ['nobody', 'a@b', 'two words@x.org']),
  bad_region: instead('region', 'enum', ['emea', 'MOON', 'EU']),
  missing_name: missing('name'),
  bad_country: instead('country', 'pattern', ['Germany', 'de', 'X1']),
  bad_day: instead('signed_up_on', 'type', ['2025-02-30', '31/01/2025', 'last week']),
} satisfies Record<string, Dirt>;

/** The plan that a customer signed up for. */
export const planOf = (seed: string, index: number): string =>
  String(person(index, randomFrom(seedOf(seed, 'customers', index))).plan);

export const customers: Generator = {
  kind: 'master',
  rows: 200,
  format: 'csv',
  columns: COLUMNS,
  id: customerId,
  row: ({ index, random, at }) => ({
    ...person(index, random),
    signed_up_on: instant(at).slice(0, 10),
    updated_at: instant(at),
  }),
  changed: (row, { random }) => ({ ...row, plan: random.pick(PLANS) }),
  dirt,
};
