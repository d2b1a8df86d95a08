import { generateCustomers } from '../../core/generate/customers.ts';
import { generateOrders, generateOrdersJson, SAMPLE } from '../../core/generate/orders.ts';
import { generateProducts } from '../../core/generate/products.ts';

export interface SampleFile {
  dataset: string;
  name: string;
  body: string;
  contentType: string;
}

/** All times in the sample lie before this one: it is the same everywhere, and its files can be told from others. */
const AT = new Date('2026-03-01T00:00:00Z');
/** Some rows are dirty on purpose, but fewer than the contracts take for an alarm. */
const DIRTY_SHARE = 0.03;

/** The files that the demo drops: always the same ones. Orders come as CSV and as JSON lines, under one dataset. */
export function sampleFiles(): SampleFile[] {
  const options = (seed: string, rows: number) => ({ seed, rows, dirtyShare: DIRTY_SHARE, at: AT });
  const csv = (dataset: string, name: string, { csv: body }: { csv: string }): SampleFile => ({
    dataset,
    name,
    body,
    contentType: 'text/csv',
  });
  return [
    csv('customers', 'sample-customers.csv', generateCustomers(options('sample customers', SAMPLE.customers))),
    csv('products', 'sample-products.csv', generateProducts(options('sample products', SAMPLE.products))),
    csv('orders', 'sample-orders-1.csv', generateOrders(options('sample orders 1', 2_000))),
    {
      dataset: 'orders',
      name: 'sample-orders-2.jsonl',
      body: generateOrdersJson(options('sample orders 2', 1_000)).jsonl,
      contentType: 'application/x-ndjson',
    },
  ];
}
