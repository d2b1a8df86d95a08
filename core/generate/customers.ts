import { instead, missing } from './dirt.ts';
import { type Dirt, type Generator, seedOf } from './generator.ts';
import { type Random, randomFrom } from './random.ts';
import {
  type GeneratedCsv,
  type GenerateOptions,
  hoursBefore,
  instant,
  type Recipe,
  type Row,
  spoiled,
  timeBefore,
  toCsv,
} from './table.ts';

export type DirtyCustomer = 'bad_email' | 'bad_region' | 'missing_name' | 'duplicate' | 'superseded';

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

/** Customers `C-000001` to as many as `rows` says; the spoilt rows have ids beyond them, so each of these is sound. */
export function generateCustomers(options: GenerateOptions): GeneratedCsv<DirtyCustomer> {
  return toCsv(options, recipe(options));
}

function recipe({ rows, at }: GenerateOptions): Recipe<DirtyCustomer> {
  let beyond = rows;
  const stranger = () => ({ customer_id: customerId(beyond++) });
  return {
    columns: COLUMNS,
    row(index, random) {
      const signed = person(index, random);
      return {
        ...signed,
        signed_up_on: instant(timeBefore(at, 1000, random)).slice(0, 10),
        updated_at: instant(timeBefore(at, 10, random)),
      };
    },
    spoils: {
      bad_email: spoiled(dirt.bad_email, stranger),
      bad_region: spoiled(dirt.bad_region, stranger),
      missing_name: spoiled(dirt.missing_name, stranger),
      duplicate: (row) => row,
      // Each by another number of hours, so that two older versions of one row are never the same.
      superseded: (row, _, number) => ({ ...row, plan: 'free', updated_at: hoursBefore(row.updated_at, number) }),
    },
  };
}
