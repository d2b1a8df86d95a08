import { instead, missing } from './dirt.ts';
import type { Dirt, Generator } from './generator.ts';
import { type Random, randomFrom } from './random.ts';
import { instant, type Row } from './row.ts';

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
