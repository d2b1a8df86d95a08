import { describe, expect, it } from '@jest/globals';
import { startExecution } from '../../aws/executions.ts';
import { fileId } from '../../core/ledger/file-id.ts';
import { getFile } from '../../core/ledger/files.ts';
import type { BatchItem } from '../../core/ledger/items.ts';
import { runInput } from '../../core/pipeline/keys.ts';
import { dropText, land, ledger, query, stack, stage, until } from './cloud.ts';
import { setFileRule } from './rules.ts';

const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at\n';
const order = (id: string, quantity: number, updated = '2026-04-01T10:00:00Z') =>
  `${id},C-000001,P-00001,${quantity},9.99,paid,2026-04-01T10:00:00Z,${updated}\n`;

const done = async (id: string) =>
  until(`file ${id} is done`, 120, async () => (await getFile(await ledger(), id))?.status === 'done');

/** Starts the run of one version, as the event of its arrival would. */
async function deliver(key: string, versionId: string): Promise<string> {
  const { landingBucket, ingestStateMachine } = await stack();
  const input = runInput({ bucket: landingBucket, key, version_id: versionId, etag: '', size: 1 });
  delete (input.detail.object as { etag?: string }).etag;
  await startExecution(ingestStateMachine, JSON.stringify(input));
  return fileId(landingBucket, key, versionId);
}

describe('events', () => {
  it('that are delivered three times, at once and later, end in one merge of the file', async () => {
    const dropped = await dropText('orders', 'once.csv', header + order('O-DELIVERY-0001', 1));

    await Promise.all([deliver(dropped.key, dropped.version_id!), deliver(dropped.key, dropped.version_id!)]);
    const fresh = await land('landing/orders/twice.csv', header + order('O-DELIVERY-0002', 1));
    const id = await deliver('landing/orders/twice.csv', fresh);
    await deliver('landing/orders/twice.csv', fresh);
    await done(id);

    const batches = await (await ledger()).query<BatchItem>('table#orders', { from: 'batch#', to: 'batch#~' });
    for (const file of [dropped.file_id, id]) {
      expect(batches.filter((batch) => batch.file_ids.includes(file))).toHaveLength(1);
    }
    const rows = await query(
      "select order_id, count(*) as rows from {silver}.orders where order_id like 'O-DELIVERY-%' group by 1 order by 1",
    );
    expect(rows).toEqual([
      { order_id: 'O-DELIVERY-0001', rows: 1 },
      { order_id: 'O-DELIVERY-0002', rows: 1 },
    ]);
  });

  it('of two versions of one key, in either order, end in the same table', async () => {
    await setFileRule(stage, false);
    let versions: { key: string; older: string; newer: string }[];
    try {
      versions = [];
      for (const [name, first] of [
        ['in-order', '3'],
        ['reversed', '4'],
      ] as const) {
        const key = `landing/orders/${name}.csv`;
        // Equal in what the contract orders versions by, so that the object's time decides; S3 keeps whole seconds.
        const older = await land(
          key,
          header + order(`O-DELIVERY-000${first}`, 1) + order(`O-DELIVERY-001${first}`, 1, '2026-04-03T00:00:00Z'),
        );
        await new Promise((resolve) => setTimeout(resolve, 1100));
        const newer = await land(
          key,
          header + order(`O-DELIVERY-000${first}`, 2) + order(`O-DELIVERY-001${first}`, 2, '2026-04-02T00:00:00Z'),
        );
        versions.push({ key, older, newer });
      }
    } finally {
      await setFileRule(stage, true);
    }
    const [inOrder, reversed] = versions as [(typeof versions)[0], (typeof versions)[0]];

    await done(await deliver(inOrder.key, inOrder.older));
    await done(await deliver(inOrder.key, inOrder.newer));
    await done(await deliver(reversed.key, reversed.newer));
    await done(await deliver(reversed.key, reversed.older));

    const rows = await query(
      "select order_id, quantity from {silver}.orders where regexp_like(order_id, '^O-DELIVERY-00[01][34]$') order by 1",
    );
    expect(rows).toEqual([
      { order_id: 'O-DELIVERY-0003', quantity: 2 },
      { order_id: 'O-DELIVERY-0004', quantity: 2 },
      { order_id: 'O-DELIVERY-0013', quantity: 1 },
      { order_id: 'O-DELIVERY-0014', quantity: 1 },
    ]);
  });
});

describe('a burst', () => {
  it('of twelve files on one dataset is all done, in fewer merges than files', async () => {
    const batchesBefore = (await (await ledger()).query<BatchItem>('table#orders', { from: 'batch#', to: 'batch#~' }))
      .length;
    const keys = Array.from({ length: 12 }, (_, n) => `landing/orders/burst-${n}.csv`);

    const ids = await Promise.all(
      keys.map(async (key, n) =>
        fileId((await stack()).landingBucket, key, await land(key, header + order(`O-BURST-${1000 + n}`, n + 1))),
      ),
    );
    await Promise.all(ids.map(done));

    const batches = await (await ledger()).query<BatchItem>('table#orders', { from: 'batch#', to: 'batch#~' });
    expect(batches.length - batchesBefore).toBeLessThan(12);
    expect(
      await query(
        "select count(*) as orders, sum(quantity) as units from {silver}.orders where order_id like 'O-BURST-%'",
      ),
    ).toEqual([{ orders: 12, units: 78 }]);
  });
});
