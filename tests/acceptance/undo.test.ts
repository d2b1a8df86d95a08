import { beforeAll, describe, expect, it } from '@jest/globals';
import { describeExecution, startExecution } from '../../aws/executions.ts';
import { getFile } from '../../core/ledger/files.ts';
import { runInput } from '../../core/pipeline/keys.ts';
import {
  type Dropped,
  drop,
  dropText,
  fileOf,
  ledger,
  query,
  type Row,
  stack,
  tributary,
  tributaryJson,
  until,
} from './cloud.ts';
import { differences } from './mart-differences.ts';

interface Undone {
  outcome: string;
  changes: { owned_rows: number; gone_rows: number; back_rows: number; back_from: { key: string; rows: number }[] };
}

type Order = [id: string, quantity: number, day: string, updated: string];

const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at\n';
const csv = (orders: Order[]) =>
  header +
  orders
    .map(
      ([id, quantity, day, updated]) =>
        `O-UNDO-${id},C-000009,P-00009,${quantity},2.50,paid,${day}T10:00:00Z,${updated}T00:00:00Z\n`,
    )
    .join('');

// A is corrected by B in 0002, and moved to another day by B in 0003; 0005 comes with B alone. C corrects B in 0004.
const a: Order[] = [
  ['0001', 1, '2024-03-01', '2024-04-01'],
  ['0002', 2, '2024-03-01', '2024-04-01'],
  ['0003', 3, '2024-03-02', '2024-04-01'],
  ['0004', 4, '2024-03-02', '2024-04-01'],
];
const b: Order[] = [
  ['0002', 20, '2024-03-01', '2024-04-02'],
  ['0003', 3, '2024-03-09', '2024-04-02'],
  ['0004', 40, '2024-03-02', '2024-04-02'],
  ['0005', 50, '2024-03-10', '2024-04-02'],
];
const c: Order[] = [
  ['0004', 400, '2024-03-02', '2024-04-03'],
  ['0006', 6, '2024-03-03', '2024-04-03'],
];

/** Of each order the newest version in these files: written without a look at the pipeline's SQL. */
function lakeOf(...files: Order[][]): Row[] {
  const newest = new Map<string, Order>();
  for (const order of files.flat()) {
    const known = newest.get(order[0]);
    if (known === undefined || known[3] < order[3]) newest.set(order[0], order);
  }
  return [...newest.values()]
    .sort((x, y) => (x[0] < y[0] ? -1 : 1))
    .map(([id, quantity, day]) => ({ order_id: `O-UNDO-${id}`, quantity, day }));
}

function revenueOf(...files: Order[][]): Row[] {
  const days = new Map<string, number>();
  for (const { day, quantity } of lakeOf(...files)) {
    days.set(String(day), (days.get(String(day)) ?? 0) + Number(quantity) * 2.5);
  }
  return [...days].sort().map(([order_date, revenue]) => ({ order_date, revenue: revenue.toFixed(2) }));
}

const silver = () =>
  query(
    "select order_id, quantity, cast(cast(order_ts as date) as varchar) as day from {silver}.orders where order_id like 'O-UNDO-%' order by 1",
  );
const revenue = () =>
  query(
    "select order_date, revenue from {gold}.daily_revenue where order_date between date '2024-03-01' and date '2024-03-31' order by 1",
  );

const status = async (file: Dropped) => (await getFile(await ledger(), file.file_id))?.status;

const ended = (arn: string) =>
  until(`the end of ${arn}`, 60, async () => {
    const run = await describeExecution(arn);
    return run?.status === 'RUNNING' ? undefined : run;
  });

describe('undo', () => {
  let files: Dropped[];

  beforeAll(async () => {
    const paths = [a, b, c].map((orders, n) => fileOf(`undo-${'abc'[n]}.csv`, csv(orders)));
    files = await drop('orders', ...paths);
  });

  it('says in a dry run what it would change, and changes nothing', async () => {
    const before = [await silver(), await revenue()];

    const planned = await tributaryJson<Undone>('undo', '--dry-run', files[1]!.file_id);

    expect(planned.outcome).toBe('planned');
    // Of B's four orders one is C's by now; two come back from A, one vanishes.
    expect(planned.changes).toMatchObject({ owned_rows: 3, gone_rows: 1, back_rows: 2, back_files: 1 });
    expect(planned.changes.back_from).toEqual([expect.objectContaining({ key: files[0]!.key, rows: 2 })]);
    expect([await silver(), await revenue()]).toEqual(before);
    expect(await status(files[1]!)).toBe('done');
  });

  it('does nothing where nobody can be asked', async () => {
    const output = await tributary('undo', files[1]!.file_id);

    expect(output.code).toBe(2);
    expect(output.stderr).toContain('--yes');
  });

  it('leaves silver and gold as if the file had never been dropped', async () => {
    const undone = await tributaryJson<Undone>('undo', '--yes', files[1]!.file_id);

    expect(undone.outcome).toBe('undone');
    expect(await silver()).toEqual(lakeOf(a, c));
    expect(await revenue()).toEqual(revenueOf(a, c));
    expect(await differences('orders')).toEqual([]);
    expect(await status(files[1]!)).toBe('undone');
  });

  it('is done once: a second undo and a late event of the same version change nothing', async () => {
    const { landingBucket, ingestStateMachine } = await stack();
    const { key, version_id, file_id } = files[1]!;

    const again = await tributaryJson<Undone>('undo', '--yes', file_id);
    const event = runInput({ bucket: landingBucket, key, version_id: version_id!, etag: '', size: 1 });
    delete (event.detail.object as { etag?: string }).etag;
    const late = await ended(await startExecution(ingestStateMachine, JSON.stringify(event)));

    expect(again.outcome).toBe('already_undone');
    expect(late.status).toBe('SUCCEEDED');
    expect(await silver()).toEqual(lakeOf(a, c));
  });

  it('is taken back by dropping the file again', async () => {
    const again = await dropText('orders', 'undo-b.csv', csv(b));

    expect(again.outcome).toBe('done');
    expect([await silver(), await revenue()]).toEqual([lakeOf(a, b, c), revenueOf(a, b, c)]);
    expect(await differences('orders')).toEqual([]);
  });
});

describe('undo without a natural key', () => {
  const line = (n: number, quantity = 1) =>
    `99${String(n).padStart(4, '0')},UNDO${n},a lamp,${quantity},2010-01-0${(n % 3) + 1} 10:00:00,1.5,17850,Undoland`;
  const columns = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
  const text = (lines: string[]) => `${[columns, ...lines].join('\n')}\n`;
  const first = [line(1), line(2), line(2), line(3)];
  const second = [line(2), line(3), line(3), line(4)];
  const lines = () =>
    query(
      "select stock_code, count(*) as lines from {silver}.online_retail where country = 'Undoland' group by 1 order by 1",
    );

  it('keeps lines that another file has too, as often as that has them; started from the console', async () => {
    const { undoStateMachine } = await stack();
    const paths = [fileOf('undo-1.csv', text(first)), fileOf('undo-2.csv', text(second))];
    const [one] = await drop('online_retail', ...paths);
    const both = await lines();

    const input = JSON.stringify({ file_id: one!.file_id, dry_run: false });
    const run = await ended(await startExecution(undoStateMachine, input));

    expect(both.map((row) => row.lines)).toEqual([1, 2, 2, 1]);
    expect(run.status).toBe('SUCCEEDED');
    expect(await lines()).toEqual([
      { stock_code: 'UNDO2', lines: 1 },
      { stock_code: 'UNDO3', lines: 2 },
      { stock_code: 'UNDO4', lines: 1 },
    ]);
    expect(await differences('online_retail')).toEqual([]);
  });
});
