import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { stepFunctions } from '../../aws/clients.ts';
import { describeExecution, startExecution } from '../../aws/executions.ts';
import type { FileItem } from '../../core/ledger/items.ts';
import { currentOperation } from '../../core/operation/current.ts';
import { getOperation } from '../../core/operation/item.ts';
import type { ReplayItem } from '../../core/operation/replay-items.ts';
import {
  type Dropped,
  drop,
  dropText,
  fileOf,
  ledger,
  query,
  stack,
  tributary,
  tributaryJson,
  until,
} from './cloud.ts';
import { ports, reader, replayHere } from './replaying.ts';

const customers = (rows: string[]) =>
  ['customer_id,name,email,region,country,plan,signed_up_on,updated_at', ...rows, ''].join('\n');
const customer = (n: number, day: number, region = 'EMEA', name = `Name ${n}`) =>
  `C-7700${String(n).padStart(2, '0')},${name},c${n}@example.com,${region},DE,pro,2026-01-01,2026-03-0${day}T00:00:00Z`;
const rows = (from: number, to: number, day: number, region?: string) =>
  Array.from({ length: to - from + 1 }, (_, index) => customer(from + index, day, region));

const silver = (dataset: string, key: string, mine: string) =>
  query(`select * from {silver}.${dataset} where ${key} like '${mine}' order by ${key}`).then((found) =>
    found.map(({ meta_batch_seq: _, ...row }) => row),
  );
const mine = () => silver('customers', 'customer_id', 'C-7700%');
const gold = () => query('select * from {gold}.region_performance order by region');
const tables = async () =>
  (
    await query(
      "select table_name from information_schema.tables where table_schema = '{silver}'".replace(
        '{silver}',
        (
          await stack()
        ).databases.silver,
      ),
    )
  ).map(({ table_name }) => String(table_name));
const item = async (file: Dropped) => (await ledger()).get<FileItem>(`file#${file.file_id}`, 'file');

interface Replayed {
  run: string;
  files: number;
  anew: number;
  refused: number;
  before: string;
  rows: number;
}

describe('a replay', () => {
  let first: Dropped;
  let wrong: Dropped;

  beforeAll(async () => {
    const dropped = await drop(
      'customers',
      fileOf('replay-1.csv', customers([...rows(1, 30, 1), customer(31, 1, 'MARS')])),
      fileOf('replay-2.csv', customers(rows(20, 40, 2, 'AMER'))),
      fileOf('replay-3.csv', customers(rows(35, 45, 1, 'APAC'))),
      fileOf('replay-wrong.csv', customers([customer(50, 1, 'MARS')])),
    );
    first = dropped[0]!;
    wrong = dropped[3]!;
    await dropText(
      'orders',
      'replay-orders.csv',
      `order_id,customer_id,product_id,quantity,unit_price,status,order_ts,updated_at
O-RPLY-0001,C-770001,P-00001,2,10.00,paid,2026-03-01T00:00:00Z,2026-03-01T00:00:00Z
O-RPLY-0002,C-770039,P-00001,1,5.00,paid,2026-03-02T00:00:00Z,2026-03-02T00:00:00Z
`,
    );
  });

  it('that is stopped in the middle and started again leaves silver and gold as they were, and readers see nothing of it', async () => {
    const { replayStateMachine, databases } = await stack();
    const before = { silver: await mine(), gold: await gold() };
    const counting = await reader(
      `select count(*), count(distinct customer_id), max(customer_id) from ${databases.silver}.customers`,
    );
    const summing = await reader(
      `select count(*), sum(revenue), sum(customers) from ${databases.gold}.region_performance`,
    );
    const stopped = await startExecution(replayStateMachine, JSON.stringify({ dataset: 'customers' }));
    await until('a replay that builds', 60, async () => {
      const current = await currentOperation(await ledger(), 'customers');
      const replay = current?.run === stopped && (await getOperation<ReplayItem>(await ledger(), current.id));
      return replay && replay.phase !== 'list';
    });
    await stepFunctions().send(new StopExecutionCommand({ executionArn: stopped }));
    await until('its end', 30, async () => (await describeExecution(stopped))?.status !== 'RUNNING');

    const replayed = await tributaryJson<Replayed>('replay', '--dataset', 'customers', '--yes');

    const seen = await counting.stop();
    const sums = await summing.stop();
    expect([...seen.errors, ...sums.errors]).toEqual([]);
    expect([seen.answers.length, sums.answers.length]).toEqual([1, 1]);
    expect(Math.min(seen.count, sums.count)).toBeGreaterThan(5);
    expect(await mine()).toEqual(before.silver);
    expect(await gold()).toEqual(before.gold);
    expect(replayed.refused).toBeGreaterThanOrEqual(1);
    expect(replayed.files).toBeGreaterThanOrEqual(3);
    expect(await item(first)).toMatchObject({ status: 'done', counts: { in: 31, accepted: 30, rejected: 1 } });
    expect((await item(first))!.stage_id).not.toBe(`${first.file_id}-1`);
    expect(await item(wrong)).toMatchObject({ status: 'rejected' });
    const stage = await query(`select distinct stage_id from {ops}.quarantine where file_id = '${first.file_id}'`);
    expect(stage).toEqual([{ stage_id: (await item(first))!.stage_id }]);
    const names = (await tables()).filter((name) => name.startsWith('customers'));
    expect(names).toEqual(expect.arrayContaining(['customers', replayed.before.split('.')[1]]));
    expect(names.filter((name) => name.includes('__replay_'))).toEqual([]);
    const kept = await query(`select count(*) as n from ${replayed.before} where customer_id like 'C-7700%'`);
    expect(kept).toEqual([{ n: before.silver.length }]);
  });

  it('goes on being merged into', async () => {
    await dropText('customers', 'replay-after.csv', customers([customer(60, 1), customer(1, 9, 'APAC', 'Moved')]));

    const found = await mine();

    expect(found.find(({ customer_id }) => customer_id === 'C-770060')).toBeDefined();
    expect(found.find(({ customer_id }) => customer_id === 'C-770001')).toMatchObject({
      name: 'Moved',
      region: 'APAC',
    });
    const [apac] = await query("select revenue from {gold}.region_performance where region = 'APAC'");
    expect(Number(apac!.revenue)).toBeGreaterThanOrEqual(20);
  });

  it('says in a dry run what it is about, and changes nothing', async () => {
    const before = await tables();

    const survey = await tributaryJson<Record<string, number>>(
      'replay',
      '--dataset',
      'customers',
      '--to',
      '2020-01-01',
      '--dry-run',
    );

    expect(survey).toMatchObject({ anew: 0, retried: 0 });
    expect(survey.files).toBeGreaterThanOrEqual(4);
    expect(await tables()).toEqual(before);
  });

  it('refuses a day that does not exist and a dataset that has no contract', async () => {
    const outputs = await Promise.all([
      tributary('replay', '--dataset', 'customers', '--from', '2026-02-30', '--yes'),
      tributary('replay', '--dataset', 'costumers', '--yes'),
    ]);

    expect(outputs.map(({ code }) => code)).toEqual([2, 2]);
    expect(outputs[1]!.stderr).toContain('there is no dataset costumers');
  });
});

describe('a replay after a change of the contract', () => {
  const products = (list: string[]) => ['product_id,name,category,unit_price,updated_at', ...list, ''].join('\n');
  const product = (n: number, price: string, category = 'tools') =>
    `P-7700${n},Thing ${n},${category},${price},2026-03-01T00:00:00Z`;
  const found = () => silver('products', 'product_id', 'P-7700%');
  /** Those of other tests stay refused under any of the contracts here. */
  const refused = async () => {
    const { items } = await (await ledger()).list<FileItem>('products', { limit: 1000 });
    return items.filter(({ status }) => status === 'rejected').length;
  };
  let files: Dropped[];

  beforeAll(async () => {
    files = await drop(
      'products',
      fileOf('replay-a.csv', products([product(1, '1.00'), product(2, '2.00')])),
      fileOf('replay-b.csv', products([product(3, '3.00', 'toys!'), product(4, '4.00', 'toys!')])),
      fileOf('replay-c.csv', products([product(5, '5.12345')])),
    );
  });

  it('stops before readers see anything when a file that was merged is refused now', async () => {
    const { products: contract } = (await ports()).datasets;
    const categories = contract!.columns.map((column) =>
      column.name === 'category' ? { ...column, pattern: '^[^!]*$' } : column,
    );
    const before = await found();

    const replayed = replayHere({ ...contract!, columns: categories });

    await expect(replayed).rejects.toThrow(/1 files that are in silver.products are refused now.*replay-b.csv/);
    expect(await found()).toEqual(before);
    expect(await item(files[1]!)).toMatchObject({ status: 'done' });
  });

  it('builds the table by it, with files that were refused before and one that comes meanwhile', async () => {
    const { products: contract } = (await ports()).datasets;
    const wider = contract!.columns.map((column) =>
      column.name === 'unit_price'
        ? { ...column, type: { kind: 'decimal' as const, precision: 14, scale: 6 } }
        : column,
    );
    expect(files[2]).toMatchObject({ outcome: 'rejected' });
    const refusedBefore = await refused();
    let late: Dropped | undefined;

    const result = await replayHere({ ...contract!, columns: wider }, async () => {
      late = await dropText('products', 'replay-late.csv', products([product(6, '6.00')]));
    });

    expect(late).toMatchObject({ outcome: 'done' });
    expect((await found()).map(({ product_id, unit_price }) => [product_id, unit_price])).toEqual([
      ['P-77001', '1.000000'],
      ['P-77002', '2.000000'],
      ['P-77003', '3.000000'],
      ['P-77004', '4.000000'],
      ['P-77005', '5.123450'],
      ['P-77006', '6.000000'],
    ]);
    expect(result.refused).toBe(refusedBefore - 1);
    expect(await item(files[2]!)).toMatchObject({ status: 'done', counts: { accepted: 1 } });

    // Back to what is deployed, by the state machine: the file with too many decimals is refused again.
    const back = await tributary('--json', 'replay', '--dataset', 'products', '--yes');
    expect(back.code).toBe(1);
    expect(back.stderr).toContain('replay-c.csv');
    const allowed = await tributaryJson<Replayed>('replay', '--dataset', 'products', '--allow-refused', '--yes');
    expect(allowed.refused).toBe(refusedBefore);
    expect((await found()).map(({ unit_price }) => unit_price)).toEqual(['1.00', '2.00', '3.00', '4.00', '6.00']);
    expect(await item(files[2]!)).toMatchObject({ status: 'rejected' });
  });
});
