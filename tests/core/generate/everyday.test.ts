import { describe, expect, it } from '@jest/globals';
import { readDatasets } from '../../../aws/project-files.ts';
import { customerId } from '../../../core/generate/customers.ts';
import { type EverydayOptions, everydayFile } from '../../../core/generate/everyday.ts';
import { productId } from '../../../core/generate/products.ts';
import { dataset } from '../../engine/dataset.ts';
import { validate } from '../../engine/validation.ts';

const datasets = readDatasets();
const options: EverydayOptions = {
  seed: '2025-06-15T12:00',
  rows: 700,
  at: new Date('2025-06-15T12:00:00Z'),
  format: 'csv',
  late: 0.5,
};
const everyday = (name: string, more: Partial<EverydayOptions> = {}) =>
  everydayFile(datasets[name]!, { ...options, ...more });

describe('an everyday file', () => {
  it.each([
    ['orders', 'csv', 700],
    ['orders', 'jsonl', 700],
    ['customers', 'csv', 200],
    ['products', 'csv', 200],
    ['bookings', 'csv', 300],
  ] as const)(
    'of %s as %s is validated as it says: rows rejected, but too few for the alarm',
    async (name, format, rows) => {
      const file = everyday(name, { format, rows });

      const found = await validate(file.text, datasets[name]!);

      expect(found.counts).toEqual(file.expected);
      expect(found.counts.accepted).toBe(rows + (datasets[name]!.history === 'scd2' ? file.planted.out_of_order! : 0));
      expect(found.counts.rejected).toBe(Math.round(rows * 0.02));
      expect(found.rejectedPercent).toBeLessThanOrEqual(datasets[name]!.alarmRejectPercent);
      expect(found.counts.duplicate).toBeGreaterThan(0);
    },
  );

  it('has every kind of trouble with orders, over many days, and refers to no customer or product without a row', async () => {
    const { text, planted } = everyday('orders');
    const people = await validate(everyday('customers', { rows: 200 }).text, datasets.customers!);
    const goods = await validate(everyday('products', { rows: 40 }).text, datasets.products!);

    const { rows, partitions } = await validate(text, datasets.orders!);

    const kinds = ['bad_status', 'negative_quantity', 'missing_customer', 'bad_date', 'bad_price', 'bad_product'];
    expect(Object.keys(planted).sort()).toEqual([...kinds, 'cut_off', 'duplicates', 'late', 'out_of_order'].sort());
    const customers = new Set(people.rows.map((row) => row.customer_id));
    const products = new Set(goods.rows.map((row) => row.product_id));
    expect([customers.has(customerId(199)), products.has(productId(39))]).toEqual([true, true]);
    expect(
      rows.filter((row) => !customers.has(row.customer_id as string) || !products.has(row.product_id as string)),
    ).toEqual([]);
    expect(partitions.length).toBeGreaterThanOrEqual(14);
    expect(partitions.at(-1)! <= '2025-06-15').toBe(true);
  });

  it('can not be made of a dataset without a generator, which is named', () => {
    expect(() => everydayFile(dataset({ name: 'parcels' }), options)).toThrow('parcels: it has no generator');
  });
});
