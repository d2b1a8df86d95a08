import { beforeAll, describe, expect, it } from '@jest/globals';
import { describeExecution, startExecution } from '../../aws/executions.ts';
import { getFile } from '../../core/ledger/files.ts';
import { runInput } from '../../core/pipeline/keys.ts';
import { type Dropped, dropText, ledger, query, type Row, stack, tributary, tributaryJson, until } from './cloud.ts';
import { differences } from './mart-differences.ts';

interface Changes {
  gone_rows: number;
  back_rows: number;
  changed_rows: number;
  files_out: number;
  files_back: number;
  out: { key: string }[];
  marts: string[];
}

interface RolledBack {
  outcome: string;
  operation: string | null;
  snapshot_id: string;
  changes: Changes | null;
}

interface Listed {
  snapshot_id: string;
  committed_at: string;
  rows: number;
  files: number;
  what: string;
  to: boolean;
}

const list = async (dataset: string): Promise<Listed[]> =>
  (await tributaryJson<{ snapshots: Listed[] }>('rollback', '--dataset', dataset, '--list')).snapshots;

const status = async (file: Dropped) => (await getFile(await ledger(), file.file_id))?.status;

const ended = (arn: string) =>
  until(`the end of ${arn}`, 90, async () => {
    const run = await describeExecution(arn);
    return run?.status === 'RUNNING' ? undefined : run;
  });

/** Rows in which a table and one of its snapshots differ; the number of the commit that wrote a row is no difference. */
async function unlike(dataset: string, snapshot: string): Promise<Row[]> {
  const columns = await query(
    `select column_name from information_schema.columns where table_schema = '${(await stack()).databases.silver}'
     and table_name = '${dataset}' and column_name <> 'meta_batch_seq' order by ordinal_position`,
  );
  const names = columns.map(({ column_name }) => column_name).join(', ');
  const now = `select ${names} from {silver}.${dataset}`;
  const then = `${now} for version as of ${snapshot}`;
  return query(`(${now} except ${then}) union all (${then} except ${now})`);
}

describe('rollback', () => {
  const header = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at\n';
  type Order = [id: string, quantity: number, day: string, updated: string];
  const csv = (orders: Order[]) =>
    header +
    orders
      .map(
        ([id, quantity, day, updated]) =>
          `O-ROLL-${id},C-000009,P-00009,${quantity},2.50,paid,${day}T10:00:00Z,${updated}T00:00:00Z\n`,
      )
      .join('');
  const a: Order[] = [
    ['0001', 1, '2024-05-01', '2024-06-01'],
    ['0002', 2, '2024-05-01', '2024-06-01'],
    ['0003', 3, '2024-05-02', '2024-06-01'],
  ];
  // B corrects 0002, moves 0003 to another day, and brings 0004; C corrects B, and brings 0005.
  const b: Order[] = [
    ['0002', 20, '2024-05-01', '2024-06-02'],
    ['0003', 3, '2024-05-09', '2024-06-02'],
    ['0004', 40, '2024-05-10', '2024-06-02'],
  ];
  const c: Order[] = [
    ['0004', 400, '2024-05-10', '2024-06-03'],
    ['0005', 5, '2024-05-03', '2024-06-03'],
  ];
  const silver = () =>
    query(
      "select order_id, quantity, cast(cast(order_ts as date) as varchar) as day from {silver}.orders where order_id like 'O-ROLL-%' order by 1",
    );
  const revenue = () =>
    query(
      "select cast(order_date as varchar) as day, revenue from {gold}.daily_revenue where order_date between date '2024-05-01' and date '2024-05-31' order by 1",
    );
  const ordersOf = (...files: Order[][]) =>
    [...new Map(files.flat().map((order) => [order[0], order])).values()]
      .map(([id, quantity, day]) => ({ order_id: `O-ROLL-${id}`, quantity, day }))
      .sort((x, y) => (x.order_id < y.order_id ? -1 : 1));
  let files: Dropped[];
  let after: string[];
  let everything: Row[][];
  let operation: string;

  beforeAll(async () => {
    files = [];
    after = [];
    for (const [n, orders] of [a, b, c].entries()) {
      files.push(await dropText('orders', `rollback-${'abc'[n]}.csv`, csv(orders)));
      after.push((await list('orders')).at(-1)!.snapshot_id);
    }
    everything = [await silver(), await revenue()];
  });

  it('lists the states that the table has been in, each with its batch and its rows', async () => {
    const listed = await list('orders');

    const [rows] = await query('select count(*) as n from {silver}.orders');
    expect(new Set(after).size).toBe(3);
    expect(listed.at(-1)).toMatchObject({ snapshot_id: after[2], files: 1, rows: rows!.n, to: true });
    expect(listed.at(-1)!.what).toMatch(/^batch \d+$/);
  });

  it('says in a dry run what it would change, and changes nothing', async () => {
    const planned = await tributaryJson<RolledBack>('rollback', '-d', 'orders', '--to', after[0]!, '--dry-run');

    expect(planned).toMatchObject({ outcome: 'planned', operation: null, snapshot_id: after[0] });
    expect(planned.changes).toMatchObject({ gone_rows: 2, back_rows: 0, changed_rows: 2, files_out: 2, files_back: 0 });
    expect(planned.changes!.out.map(({ key }) => key)).toEqual([files[1]!.key, files[2]!.key]);
    expect(planned.changes!.marts).toContain('daily_revenue');
    expect([await silver(), await revenue()]).toEqual(everything);
    expect(await status(files[2]!)).toBe('done');
  });

  it.each([
    ['a snapshot that is none', '1234567890123456789', 1, 'has no snapshot 1234567890123456789'],
    ['a time before the table', '2001-01-01', 1, 'has no snapshot of 2001-01-01 or before'],
    ['a time that is none', 'yesterday', 2, 'not "yesterday"'],
  ])('refuses %s, without a run', async (_, to, code, message) => {
    const output = await tributary('rollback', '-d', 'orders', '--to', to, '--yes');

    expect([output.code, output.stderr]).toEqual([code, expect.stringContaining(message)]);
  });

  it('brings table and gold back, and knows which files are out', async () => {
    const {
      outcome,
      operation: id,
      changes,
    } = await tributaryJson<RolledBack>('rollback', '-d', 'orders', '--to', after[0]!, '--yes');
    operation = id!;

    expect([outcome, changes?.files_out]).toEqual(['rolled_back', 2]);
    expect(await silver()).toEqual(ordersOf(a));
    expect(await revenue()).toEqual([
      { day: '2024-05-01', revenue: '7.50' },
      { day: '2024-05-02', revenue: '7.50' },
    ]);
    expect(await unlike('orders', after[0]!)).toEqual([]);
    expect(await differences('orders')).toEqual([]);
    expect(await Promise.all(files.map(status))).toEqual(['done', 'undone', 'undone']);
    expect((await list('orders')).at(-1)!.what).toBe(operation);
  });

  it('has nothing more to do then', async () => {
    const now = (await list('orders')).at(-1)!.snapshot_id;

    const { outcome } = await tributaryJson<RolledBack>('rollback', '-d', 'orders', '--to', now, '--yes');

    expect(outcome).toBe('nothing');
  });

  it('is not taken back by a late event, or by running the old run again', async () => {
    const { ingestStateMachine } = await stack();
    const file = (await getFile(await ledger(), files[1]!.file_id))!;

    const late = await ended(await startExecution(ingestStateMachine, JSON.stringify(runInput(file))));

    expect(late.status).toBe('SUCCEEDED');
    expect(await status(files[1]!)).toBe('undone');
    expect(await silver()).toEqual(ordersOf(a));
  });

  it('lets one file, and then all, be merged again: the table is what it was', async () => {
    const one = await tributaryJson<{ outcome: string }[]>('rerun', files[2]!.file_id, '--again');
    const between = await silver();
    const all = await tributaryJson<{ key: string; outcome: string }[]>('rerun', '--rolled-back', operation);

    expect(one.map(({ outcome }) => outcome)).toEqual(['done']);
    expect(between).toEqual(ordersOf(a, c));
    expect(all).toEqual([expect.objectContaining({ key: files[1]!.key, outcome: 'done' })]);
    expect([await silver(), await revenue()]).toEqual(everything);
    expect(await differences('orders')).toEqual([]);
    expect(await Promise.all(files.map(status))).toEqual(['done', 'done', 'done']);
  });

  it('goes back to a time, from the console, and before an undo: its file is in again', async () => {
    const { rollbackStateMachine } = await stack();
    const { committed_at: to, snapshot_id } = (await list('orders')).at(-1)!;
    await tributaryJson('undo', files[1]!.file_id, '--yes');
    expect(await status(files[1]!)).toBe('undone');

    const input = JSON.stringify({ dataset: 'orders', to, dry_run: false });
    const run = await ended(await startExecution(rollbackStateMachine, input));

    expect(run.status).toBe('SUCCEEDED');
    expect(await unlike('orders', snapshot_id)).toEqual([]);
    expect(await status(files[1]!)).toBe('done');
    expect([await silver(), await revenue()]).toEqual(everything);
    expect(await differences('orders')).toEqual([]);
  });
});

describe('rollback without a natural key', () => {
  const line = (n: number) =>
    `98${String(n).padStart(4, '0')},ROLL${n},a lamp,1,2010-02-0${(n % 3) + 1} 10:00:00,1.5,17850,Rollonia`;
  const columns = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
  const text = (...lines: string[]) => `${[columns, ...lines].join('\n')}\n`;
  const lines = () =>
    query(
      "select stock_code, count(*) as lines from {silver}.online_retail where country = 'Rollonia' group by 1 order by 1",
    );

  it('goes back line by line, and forward again by the files', async () => {
    const first = await dropText('online_retail', 'rollback-1.csv', text(line(1), line(2), line(2)));
    const { snapshot_id } = (await list('online_retail')).at(-1)!;
    const then = await lines();
    const second = await dropText('online_retail', 'rollback-2.csv', text(line(2), line(3), line(3)));
    const before = await lines();

    const { outcome, operation, changes } = await tributaryJson<RolledBack>(
      'rollback',
      '-d',
      'online_retail',
      '--to',
      snapshot_id,
      '--yes',
    );
    const back = await lines();
    const gold = await differences('online_retail');
    const [again] = await tributaryJson<{ outcome: string }[]>('rerun', '--rolled-back', operation!);

    expect(outcome).toBe('rolled_back');
    expect(changes).toMatchObject({ gone_rows: 2, back_rows: 0, changed_rows: 0, files_out: 1 });
    expect([back, gold]).toEqual([then, []]);
    expect(again!.outcome).toBe('done');
    expect(await lines()).toEqual(before);
    expect(await Promise.all([first, second].map(status))).toEqual(['done', 'done']);
    expect(await differences('online_retail')).toEqual([]);
  });
});

describe('rollback of a table with tombstones', () => {
  const header =
    'transaction_id,customer_id,account,type,amount,currency,status,transaction_ts,updated_at,is_deleted\n';
  const csv = (...rows: [id: string, amount: string, updated: string, deleted: boolean][]) =>
    header +
    rows
      .map(
        ([id, amount, updated, deleted]) =>
          `T-ROLL-${id},C-990001,DE99BANK,purchase,${amount},EUR,posted,2032-05-01T10:00:00Z,${updated}T00:00:00Z,${deleted}\n`,
      )
      .join('');
  const counting = () =>
    query(
      "select transaction_id as id, amount from {silver}.transactions_current where transaction_id like 'T-ROLL-%' order by 1",
    );
  const tombstones = async () =>
    (
      await query(
        "select transaction_id as id from {silver}.transactions where transaction_id like 'T-ROLL-%' and meta_deleted order by 1",
      )
    ).map(({ id }) => id);

  it('lets what was deleted since count again, and what was deleted then stay so', async () => {
    await dropText(
      'transactions',
      'rollback-1.csv',
      csv(['1', '1.00', '2032-06-01', false], ['2', '2.00', '2032-06-01', false], ['3', '3.00', '2032-06-02', true]),
    );
    const { snapshot_id } = (await list('transactions')).at(-1)!;
    const then = [await counting(), await tombstones()];
    // One is deleted, and the deleted one returns; then comes an older version of that, which loses either way.
    const second = await dropText(
      'transactions',
      'rollback-2.csv',
      csv(['1', '1.00', '2032-06-03', true], ['3', '30.00', '2032-06-03', false]),
    );
    const third = await dropText('transactions', 'rollback-3.csv', csv(['3', '0.30', '2032-06-01', false]));
    const before = [await counting(), await tombstones()];

    const { operation, changes } = await tributaryJson<RolledBack>(
      'rollback',
      '-d',
      'transactions',
      '--to',
      snapshot_id,
      '--yes',
    );
    const back = [await counting(), await tombstones()];
    const [unlikeThen, gold] = [await unlike('transactions', snapshot_id), await differences('transactions')];
    await tributaryJson('rerun', '--rolled-back', operation!);

    expect(then).toEqual([
      [
        { id: 'T-ROLL-1', amount: '1.00' },
        { id: 'T-ROLL-2', amount: '2.00' },
      ],
      ['T-ROLL-3'],
    ]);
    expect(before).toEqual([
      [
        { id: 'T-ROLL-2', amount: '2.00' },
        { id: 'T-ROLL-3', amount: '30.00' },
      ],
      ['T-ROLL-1'],
    ]);
    expect(changes).toMatchObject({ gone_rows: 0, back_rows: 0, changed_rows: 2, files_out: 2 });
    expect(back).toEqual(then);
    expect([unlikeThen, gold]).toEqual([[], []]);
    expect([await counting(), await tombstones()]).toEqual(before);
    expect(await Promise.all([second, third].map(status))).toEqual(['done', 'done']);
    expect(await differences('transactions')).toEqual([]);
  });
});
