import { readDatasets } from '../../aws/project-files.ts';
import { everydayFile } from '../../core/generate/everyday.ts';
import type { Format } from '../../core/generate/generator.ts';

export interface SampleFile {
  dataset: string;
  name: string;
  body: string;
  contentType: string;
}

/** All times in the sample lie before this one: it is the same everywhere, and its files can be told from others. */
const AT = new Date('2026-03-01T00:00:00Z');
/** Most orders are of the month before, so that there are figures of many days. */
const LATE_SHARE = 0.9;

/** The files that the demo drops: always the same ones. Orders come as CSV and as JSON lines, under one dataset. */
export function sampleFiles(): SampleFile[] {
  const datasets = readDatasets();
  const file = (dataset: string, seed: string, rows: number, format: Format = 'csv'): SampleFile => ({
    dataset,
    name: `sample-${seed.replaceAll(' ', '-')}.${format}`,
    body: everydayFile(datasets[dataset]!, { seed: `sample ${seed}`, rows, at: AT, format, late: LATE_SHARE }).text,
    contentType: format === 'csv' ? 'text/csv' : 'application/x-ndjson',
  });
  return [
    file('customers', 'customers', 200),
    file('products', 'products', 40),
    file('orders', 'orders 1', 2_000),
    file('orders', 'orders 2', 1_000, 'jsonl'),
  ];
}
