import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inputFile } from '../../../bench/validate/generate.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const text = (path: string) => readFileSync(path, 'utf8');

describe('the file of the benchmark', () => {
  it('has as many rows as were asked for, about 2 % of them bad, and a truth that adds up', async () => {
    const { path, truth } = await inputFile(folder, 20_000, 'csv');

    expect(text(path).trimEnd().split('\n')).toHaveLength(20_001);
    expect(truth.accepted + truth.rejected + truth.lost).toBe(20_000);
    expect(truth.rejected + truth.lost).toBeGreaterThan(300);
    expect(truth.rejected + truth.lost).toBeLessThan(500);
    expect(Object.keys(truth.reasons).sort()).toEqual([
      'customer_id.required',
      'order_id.required',
      'order_ts.required',
      'order_ts.type',
      'quantity.minimum',
      'quantity.required',
      'quantity.type',
      'status.enum',
      'status.required',
      'unit_price.minimum',
      'unit_price.required',
      'unit_price.type',
    ]);
  });

  it('loses exactly the rows that repeat the key of another sound one', async () => {
    const { path, truth } = await inputFile(folder, 20_000, 'jsonl');
    const orders = text(path)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

    // A row whose quantity and price are numbers and whose key is there may still be bad, but never shares its key.
    const keys = orders.map((order) => order.order_id).filter((key) => key !== null);

    expect(keys.length - new Set(keys).size).toBe(truth.lost);
    expect(orders.filter((order) => order.order_id === null)).toHaveLength(truth.reasons['order_id.required']!);
  });

  it('is the same in another folder, and the same compressed', async () => {
    const other = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
    try {
      const first = await inputFile(folder, 5_000, 'csv');
      const gzip = await inputFile(other, 5_000, 'csv.gz');
      const zstd = await inputFile(other, 5_000, 'csv.zst');

      const expected = text(first.path);
      expect(gunzipSync(readFileSync(gzip.path)).toString()).toBe(expected);
      expect(zstdDecompressSync(readFileSync(zstd.path)).toString()).toBe(expected);
      expect(gzip.truth).toEqual(first.truth);
      expect(readdirSync(other).filter((name) => name.endsWith('.part'))).toEqual([]);
    } finally {
      rmSync(other, { recursive: true });
    }
  });
});
