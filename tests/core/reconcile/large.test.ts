import { expect, it } from '@jest/globals';
import { fileId } from '../../../core/ledger/file-id.ts';
import type { FileItem } from '../../../core/ledger/items.ts';
import type { Key, Stored } from '../../../core/ledger/store.ts';
import type { LandedVersion } from '../../../core/reconcile/ports.ts';
import { landedAt, sweepWorld } from './world.ts';

const total = 100_000;
/** As large as a page of S3. */
const pageSize = 1000;
const keyOf = (n: number) => `landing/orders/${String(n).padStart(6, '0')}.csv`;
const idOf = (n: number) => fileId('landing', keyOf(n), 'v');

it('holds 100,000 versions and their bronze against the ledger without ever holding more than some pages of them', async () => {
  const world = sweepWorld();
  const ids = Array.from({ length: total }, (_, n) => idOf(n));
  const number = new Map(ids.map((id, n) => [id, n]));
  const folders = [...ids].sort();
  const held = { listed: 0, lookedUp: 0, most: 0, mostKeys: 0 };
  const hand = (more: number) => {
    held.listed += more;
    held.most = Math.max(held.most, held.listed - held.lookedUp);
  };
  world.ports.landing.versions = async function* () {
    for (let first = 0; first < total; first += pageSize) {
      hand(pageSize);
      yield Array.from({ length: pageSize }, (_, n): LandedVersion => {
        const last_modified = new Date(Date.parse(landedAt) - (first + n)).toISOString();
        return { key: keyOf(first + n), version_id: 'v', etag: 'e', size: 1, last_modified };
      });
    }
  };
  world.ports.lake.objects = async function* () {
    for (let first = 0; first < total; first += pageSize / 2) {
      hand(pageSize / 2);
      yield folders.slice(first, first + pageSize / 2).flatMap((id) => {
        const folder = `bronze/orders/ingest_date=2026-03-01/${id}`;
        return [`${folder}/_lineage.json`, `${folder}/f.csv`].map((key) => ({ key, size: 1 }));
      });
    }
  };
  const known = (id: string): Partial<FileItem> => {
    const n = number.get(id)!;
    const bronze_key = `bronze/orders/ingest_date=2026-03-01/${id}/f.csv`;
    return {
      pk: `file#${id}`,
      sk: 'file',
      file_id: id,
      dataset: 'orders',
      status: n % 2 ? 'done' : 'rejected',
      bronze_key,
    };
  };
  world.ledger.getMany = async <T extends Stored>(keys: Key[]): Promise<T[]> => {
    held.mostKeys = Math.max(held.mostKeys, keys.length);
    await new Promise((resolve) => setImmediate(resolve));
    held.lookedUp += keys.length;
    const missing = (id: string) => number.get(id)! % 100 === 7;
    const files = keys.map(({ pk }) => pk.slice('file#'.length)).filter((id) => number.has(id));
    return files.filter((id) => !missing(id)).map(known) as unknown as T[];
  };

  const report = await world.sweep({ maxStarts: 50 });

  expect(report.classes).toMatchObject({ missed: 1000, done: 49_000, rejected: 50_000 });
  expect(report).toMatchObject({ files: total, accounted_for: total - 950, missed: { count: 1000 } });
  expect(report.missed.first).toHaveLength(100);
  // A folder of bronze without an item, for each that was missed.
  expect(report.bronze.count).toBe(1000);
  expect(report.started.first.map(({ key }) => key)).toEqual(
    Array.from({ length: 50 }, (_, n) => keyOf(total - 93 - 100 * n)),
  );
  expect(held.mostKeys).toBe(100);
  expect(held.most).toBeLessThanOrEqual(3 * pageSize);
  expect(held.listed).toBe(2 * total);
}, 60_000);
