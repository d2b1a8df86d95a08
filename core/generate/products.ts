import { instead, missing } from './dirt.ts';
import type { Dirt, Generator } from './generator.ts';
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

export type DirtyProduct = 'bad_price' | 'negative_price' | 'missing_category' | 'duplicate' | 'superseded';

const CATEGORIES = {
  kitchen: ['Kettle', 'Pan', 'Mug'],
  garden: ['Spade', 'Rake', 'Hose'],
  office: ['Lamp', 'Desk', 'Pen'],
};
const SIZES = ['small', 'medium', 'large', '12" wide', 'blue, matt'];

/** `P-00001` for the first product. */
export const productId = (index: number): string => `P-${String(index + 1).padStart(5, '0')}`;

/** The list price of a product, which follows from its number alone, so that orders know it too. */
export const priceInCents = (index: number): number => randomFrom(productId(index)).whole(99, 49_999);

export const money = (cents: number): string => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

const COLUMNS = ['product_id', 'name', 'category', 'unit_price', 'updated_at'] as const;

function article(index: number, random: Random): Row {
  const category = random.pick(Object.keys(CATEGORIES) as (keyof typeof CATEGORIES)[]);
  return {
    product_id: productId(index),
    name: `${random.pick(CATEGORIES[category])}, ${random.pick(SIZES)}`,
    category,
    unit_price: money(priceInCents(index)),
  };
}

const dirt = {
  bad_price: instead('unit_price', 'type', ['free', '1.999', '1e2', '$5']),
  negative_price: {
    reason: 'unit_price.minimum',
    spoil: (row) => ({ ...row, unit_price: `-${row.unit_price}` }),
  },
  missing_category: missing('category'),
  missing_name: missing('name'),
} satisfies Record<string, Dirt>;

export const products: Generator = {
  kind: 'master',
  rows: 40,
  format: 'csv',
  columns: COLUMNS,
  id: productId,
  row: ({ index, random, at }) => ({ ...article(index, random), updated_at: instant(at) }),
  changed: (row, { random }) => ({ ...row, name: `${String(row.name).split(',')[0]}, ${random.pick(SIZES)}` }),
  dirt,
};

/** Products `P-00001` to as many as `rows` says; the spoilt rows have ids beyond them, so each of these is sound. */
export function generateProducts(options: GenerateOptions): GeneratedCsv<DirtyProduct> {
  return toCsv(options, recipe(options));
}

function recipe({ rows, at }: GenerateOptions): Recipe<DirtyProduct> {
  let beyond = rows;
  const stranger = () => ({ product_id: productId(beyond++) });
  return {
    columns: COLUMNS,
    row: (index, random) => ({ ...article(index, random), updated_at: instant(timeBefore(at, 10, random)) }),
    spoils: {
      bad_price: spoiled(dirt.bad_price, stranger),
      negative_price: spoiled(dirt.negative_price, stranger),
      missing_category: spoiled(dirt.missing_category, stranger),
      duplicate: (row) => row,
      // Each by another number of hours, so that two older versions of one row are never the same.
      superseded: (row, _, number) => ({ ...row, category: 'old', updated_at: hoursBefore(row.updated_at, number) }),
    },
  };
}
