import { expect, it } from '@jest/globals';
import type { BatchItem } from '../../core/ledger/items.ts';
import { dropText, ledger, query } from './cloud.ts';

const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at\n';
const day = (n: number) => new Date(Date.UTC(2019, 0, 1 + n)).toISOString().slice(0, 19);

it('takes a backfill of 250 days in one file, in statements of at most 80 partitions, through to gold', async () => {
  const lines = Array.from(
    { length: 250 },
    (_, n) => `O-WIDE-${String(n).padStart(4, '0')},C-000001,P-00001,1,2.00,paid,${day(n)}Z,2020-01-01T00:00:00Z\n`,
  );

  const dropped = await dropText('orders', 'wide.csv', header + lines.join(''));

  expect(dropped).toMatchObject({ outcome: 'done', counts: { in: 250, accepted: 250 } });
  const batches = await (await ledger()).query<BatchItem>('table#orders', { from: 'batch#', to: 'batch#~' });
  expect(batches.find((batch) => batch.file_ids.includes(dropped.file_id))?.ranges).toHaveLength(4);
  const silver =
    "select count(*) as orders, count(distinct cast(order_ts as date)) as days from {silver}.orders where order_id like 'O-WIDE-%'";
  expect(await query(silver)).toEqual([{ orders: 250, days: 250 }]);
  const gold = `select count(*) as days, sum(revenue) as revenue from {gold}.daily_revenue
    where order_date between date '2019-01-01' and date '2019-12-31'`;
  expect(await query(gold)).toEqual([{ days: 250, revenue: '500.00' }]);
});
