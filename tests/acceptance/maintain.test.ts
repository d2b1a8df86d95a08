import { describe, expect, it } from '@jest/globals';
import { dropText, query, tributaryJson } from './cloud.ts';

const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at\n';
const order = (n: number, quantity: number) =>
  `O-MAINTAIN-000${n},C-000001,P-00001,${quantity},10.00,paid,2026-06-0${n}T10:00:00Z,2026-06-0${quantity}T10:00:00Z\n`;

const rows = () => query(`select * from {silver}.orders where order_id like 'O-MAINTAIN-%' order by order_id`);
const files = async () =>
  Number((await query('select count(*) as files from {silver}."orders$files" where content <> 0'))[0]!.files);
const revenue = () =>
  query(
    `select cast(order_date as varchar) as day, revenue from {gold}.daily_revenue
     where order_date between date '2026-06-01' and date '2026-06-03' order by 1`,
  );

describe('maintenance', () => {
  it('rewrites what many merges have left, without a change for readers, and the pipeline goes on from there', async () => {
    await dropText('orders', 'maintain-1.csv', header + order(1, 1) + order(2, 1));
    await dropText('orders', 'maintain-2.csv', header + order(1, 2) + order(3, 1));
    const before = await rows();
    const deletes = await files();

    const done = await tributaryJson('maintain', 'silver.orders', 'gold.daily_revenue');

    expect(done).toMatchObject({
      tables: [
        { table: 'silver.orders', outcome: 'maintained' },
        { table: 'gold.daily_revenue', outcome: 'maintained' },
      ],
    });
    expect(await rows()).toEqual(before);
    // The corrected row had left a file of deletions.
    expect(deletes).toBeGreaterThan(0);
    expect(await files()).toBe(0);
    const dropped = await dropText('orders', 'maintain-3.csv', header + order(2, 3));
    expect(dropped.outcome).toBe('done');
    expect(await revenue()).toEqual([
      { day: '2026-06-01', revenue: '20.00' },
      { day: '2026-06-02', revenue: '30.00' },
      { day: '2026-06-03', revenue: '10.00' },
    ]);
  });
});
