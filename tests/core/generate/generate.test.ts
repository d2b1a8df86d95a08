import { describe, expect, it } from '@jest/globals';
import { customerId, generateCustomers } from '../../../core/generate/customers.ts';
import { generateOrders, generateOrdersJson, SAMPLE } from '../../../core/generate/orders.ts';
import { generateProducts, productId } from '../../../core/generate/products.ts';
import { contract, type Outcome, validate } from '../../engine/validation.ts';

const AT = new Date('2025-06-15T12:00:00Z');
const options = { seed: '2025-06-15T12:00', rows: 700, dirtyShare: 0.02, at: AT };

/** The reason that each kind of dirty row must be rejected for. */
const ORDER_REASONS = {
  bad_status: 'status.enum',
  negative_quantity: 'quantity.minimum',
  missing_customer: 'customer_id.required',
  bad_date: 'order_ts.type',
};

function orderReasons(outcome: Outcome): Record<string, number> {
  return Object.fromEntries(
    Object.entries(ORDER_REASONS).map(([kind, reason]) => [kind, outcome.reasons[reason] ?? 0]),
  );
}

describe('generateOrders', () => {
  it('makes the same file for the same seed, and no order twice for different ones', async () => {
    const first = generateOrders(options);
    const again = generateOrders(options);
    const other = generateOrders({ ...options, seed: 'another' });

    expect(again).toEqual(first);
    const ids = (csv: string) =>
      csv
        .split('\n')
        .slice(1)
        .map((line) => line.split(',')[0])
        .filter(Boolean);
    const known = new Set(ids(first.csv));
    expect(ids(other.csv).filter((id) => known.has(id!))).toEqual([]);
  });

  it.each([0, 0.02, 0.04])('plants what validation finds, exactly, at a dirty share of %d', async (dirtyShare) => {
    const of = await contract('orders');
    const csv = generateOrders({ ...options, dirtyShare });
    const json = generateOrdersJson({ ...options, seed: 'json', dirtyShare });

    const found = [await validate(csv.csv, of), await validate(json.jsonl, of)] as const;

    for (const [index, { planted, expected, rows }] of [csv, json].entries()) {
      const outcome = found[index]!;
      const { duplicate, superseded, broken_line, ...rejected } = planted;
      expect(rows).toBe(outcome.counts.in);
      expect(outcome.counts).toEqual(expected);
      expect(outcome.counts).toMatchObject({ accepted: 700, duplicate, superseded });
      expect(orderReasons(outcome)).toEqual(rejected);
      expect(outcome.rejects.filter(({ reasons }) => reasons[0]!.column_name === null)).toHaveLength(broken_line);
      expect(outcome.rejectedPercent).toBeLessThanOrEqual(of.alarmRejectPercent);
    }
  });

  it('plants some of each kind at the share that is used, and refers to customers and products of the sample alone', async () => {
    const { csv, planted } = generateOrders(options);

    const { rows, partitions } = await validate(csv, await contract('orders'));

    expect(Object.values(planted).every((count) => count === 2)).toBe(true);
    const customers = new Set(Array.from({ length: SAMPLE.customers }, (_, index) => customerId(index)));
    const products = new Set(Array.from({ length: SAMPLE.products }, (_, index) => productId(index)));
    expect(
      rows.filter((row) => !customers.has(row.customer_id as string) || !products.has(row.product_id as string)),
    ).toEqual([]);
    expect(partitions.length).toBeGreaterThanOrEqual(14);
    expect(partitions.at(-1)! <= '2025-06-15').toBe(true);
  });

  it('does without rows', () => {
    expect(generateOrders({ ...options, rows: 0 })).toMatchObject({ rows: 0, expected: { in: 0 } });
  });
});

describe('generateCustomers and generateProducts', () => {
  it('make every key of the sample, sound, beside the dirty rows they count', async () => {
    const sample = { ...options, dirtyShare: 0.03 };
    const customers = generateCustomers({ ...sample, rows: SAMPLE.customers });
    const products = generateProducts({ ...sample, rows: 200 });

    const people = await validate(customers.csv, await contract('customers'));
    const goods = await validate(products.csv, await contract('products'));

    expect(people.counts).toEqual(customers.expected);
    expect(people.counts.rejected).toBeGreaterThan(0);
    expect(new Set(people.rows.map((row) => row.customer_id))).toEqual(
      new Set(Array.from({ length: SAMPLE.customers }, (_, index) => customerId(index))),
    );
    expect(people.reasons).toEqual({
      'email.pattern': customers.planted.bad_email,
      'name.required': customers.planted.missing_name,
      'region.enum': customers.planted.bad_region,
    });
    expect(goods.counts).toEqual(products.expected);
    expect(goods.reasons).toEqual({
      'category.required': products.planted.missing_category,
      'unit_price.minimum': products.planted.negative_price,
      'unit_price.type': products.planted.bad_price,
    });
  });
});
