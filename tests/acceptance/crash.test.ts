import { describe, expect, it } from '@jest/globals';
import { fileId } from '../../core/ledger/file-id.ts';
import type { FileItem } from '../../core/ledger/items.ts';
import type { SweepReport } from '../../core/reconcile/report.ts';
import { type PartName, readCloud } from '../../local/cloud-state.ts';
import { up } from '../../local/up.ts';
import { home, isLocal, land, ledger, query, stack, tributaryJson, until } from './cloud.ts';

const files = 16;
const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at\n';
/** The orders of one file of a burst. */
const ids = (name: string, file: number) => [1, 2, 3].map((n) => `O-${name.toUpperCase()}-${1000 + 10 * file + n}`);
const order = (id: string) => `${id},C-000001,P-00001,1,9.99,paid,2026-04-02T10:00:00Z,2026-04-02T10:00:00Z\n`;

/** Drops all files at once, and tells when some of them are on their way and not all are through. */
async function burst(name: string): Promise<string[]> {
  const { landingBucket } = await stack();
  const fileIds = await Promise.all(
    Array.from({ length: files }, async (_, n) => {
      const key = `landing/orders/crash/${name}-${n}.csv`;
      return fileId(landingBucket, key, await land(key, header + ids(name, n).map(order).join('')));
    }),
  );
  const unfinished = await until('the burst is under way', 60, async () => {
    const states = await statesOf(fileIds);
    const through = states.filter((state) => state === 'done').length;
    return states.filter((state) => state === 'staged').length >= files / 4 && files - through;
  });
  expect(unfinished).toBeGreaterThan(0);
  return fileIds;
}

async function statesOf(fileIds: string[]): Promise<string[]> {
  const store = await ledger();
  const items = await store.getMany<FileItem>(fileIds.map((id) => ({ pk: `file#${id}`, sk: 'file' })));
  return items.map(({ status }) => status);
}

async function kill(part: PartName, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  process.kill(readCloud(home)!.pids[part]!, signal);
  await until(`${part} is gone`, 60, async () => readCloud(home)!.parts[part].state === 'crashed');
}

/** Every order once, by the file that it came in. */
const expected = (name: string) =>
  Array.from({ length: files }, (_, n) => ids(name, n))
    .flat()
    .sort()
    .map((order_id) => ({ order_id, quantity: 1 }));

/** Nobody can do that to AWS. */
(isLocal ? describe : describe.skip)('when the local cloud crashes in the middle of a burst', () => {
  it.each([
    ['trino', 'SIGKILL'],
    ['ministack', 'SIGTERM'],
  ] as const)('everything is in the lake once after up and reconcile: %s, %s', async (part, signal) => {
    const fileIds = await burst(part);
    await kill(part, signal);

    await up({ home });
    const report = await tributaryJson<SweepReport>('reconcile', '--grace', '0s', '--wait', '--dataset', 'orders');

    expect(report).toMatchObject({ accounted_for: report.files, stuck: { count: 0 }, errors: [] });
    expect(await statesOf(fileIds)).toEqual(fileIds.map(() => 'done'));
    const sql = `select order_id, quantity from {silver}.orders where order_id like 'O-${part.toUpperCase()}%' order by 1`;
    expect(await query(sql)).toEqual(expected(part));
  });
});
