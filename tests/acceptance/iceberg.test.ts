import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { silentProgress } from '../../local/progress.ts';
import { provisionTestPython } from '../../local/provision.ts';
import { dropText, query, stack, tributary, tributaryJson, until } from './cloud.ts';

const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at\n';
const order = (id: string, quantity: number, updated: string) =>
  `${id},C-000001,P-00001,${quantity},10.00,paid,2026-04-05T10:00:00Z,${updated}\n`;

const reader = `
import json, os, sys
from decimal import Decimal
from pyiceberg.catalog import load_catalog
endpoint = os.environ.get('AWS_ENDPOINT_URL')
local = {} if endpoint is None else {'glue.endpoint': endpoint, 's3.endpoint': endpoint, 's3.path-style-access': 'true',
  's3.access-key-id': os.environ['AWS_ACCESS_KEY_ID'], 's3.secret-access-key': os.environ['AWS_SECRET_ACCESS_KEY'],
  'glue.access-key-id': os.environ['AWS_ACCESS_KEY_ID'], 'glue.secret-access-key': os.environ['AWS_SECRET_ACCESS_KEY']}
region = os.environ['AWS_REGION']
catalog = load_catalog('glue', **{'type': 'glue', 'glue.region': region, 's3.region': region, **local})
rows = catalog.load_table(sys.argv[1]).scan(row_filter='meta_deleted = false').to_arrow().to_pylist()
print(json.dumps({
  'orders': len(rows), 'units': sum(r['quantity'] for r in rows),
  'revenue': str(sum((r['unit_price'] * r['quantity'] for r in rows), Decimal('0.00'))),
  'newest': max(r['order_ts'] for r in rows).strftime('%Y-%m-%d %H:%M:%S.%f'),
}))
`;

describe('the silver tables are Iceberg', () => {
  let python: string;

  beforeAll(async () => {
    python = await provisionTestPython(silentProgress);
    await dropText('orders', 'iceberg-1.csv', header + order('O-ICEBERG-0001', 1, '2026-04-05T11:00:00Z'));
  });

  it('for PyIceberg, which reads them through Glue and agrees on counts and sums', async () => {
    const { databases } = await stack();

    const read = JSON.parse(
      execFileSync(python, ['-c', reader, `${databases.silver}.orders`], { encoding: 'utf8', env: process.env }),
    );

    const [row] = await query(
      'select count(*) as orders, sum(quantity) as units, sum(quantity * unit_price) as revenue, cast(max(order_ts) as varchar) as newest from {silver}.orders where not meta_deleted',
    );
    expect(read).toEqual(row);
    expect(read.orders).toBeGreaterThan(0);
  });

  it('and show the table as it was before the last merge, by the documented queries', async () => {
    const now = async () =>
      (
        await query(
          'select count(*) as orders, sum(quantity * unit_price) as revenue from {silver}.orders where not meta_deleted',
        )
      )[0];
    const before = await now();
    const snapshots = await tributaryJson<{ snapshot_id: string | number }[]>(
      'query',
      '--file',
      'sql/queries/snapshots.sql',
    );
    await dropText(
      'orders',
      'iceberg-2.csv',
      header + order('O-ICEBERG-0001', 5, '2026-04-05T12:00:00Z') + order('O-ICEBERG-0002', 1, '2026-04-05T12:00:00Z'),
    );

    const then = await tributary(
      '--json',
      'query',
      '--file',
      'sql/queries/time-travel.sql',
      '--param',
      `snapshot=${snapshots.at(-1)!.snapshot_id}`,
    );

    expect(JSON.parse(then.stdout)).toEqual([before]);
    expect(await now()).not.toEqual(before);
  });

  it('and as it was a minute ago, by the documented query', async () => {
    const guide = readFileSync('docs/guide/time-travel-and-reruns.md', 'utf8');
    const [, sql] = /^npx tributary query "(.+ for timestamp as of .+)"$/m.exec(guide)!;
    const first =
      'select committed_at < current_timestamp - interval \'2\' minute as old from {silver}."orders$snapshots" order by committed_at limit 1';
    await until('the table is some minutes old', 180, async () => (await query(first))[0]!.old === true);
    await dropText('orders', 'iceberg-3.csv', header + order('O-ICEBERG-0003', 1, '2026-04-05T12:00:00Z'));

    const [then] = await query(sql!);

    const [now] = await query('select count(*) as n from {silver}.orders');
    expect(Number(then!.n)).toBeLessThan(Number(now!.n));
  });
});
