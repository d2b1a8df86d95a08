import { athenaPort } from '../../../aws/athena.ts';
import { catalog } from '../../../aws/catalog.ts';
import { systemClock } from '../../../aws/ledger.ts';
import { readDatasets, readSqlFiles } from '../../../aws/project-files.ts';
import { isTable, type Mart, martsOf, parseMarts, readBy } from '../../../core/gold/mart.ts';
import { getFile } from '../../../core/ledger/files.ts';
import type { BatchItem, MartItem } from '../../../core/ledger/items.ts';
import { getTable } from '../../../core/ledger/table.ts';
import { runQuery } from '../../../core/run-query.ts';
import { noRows } from '../../../core/silver/relations.ts';
import { renderSql } from '../../../core/sql/render.ts';
import { ledger, stack } from '../../acceptance/cloud.ts';
import { money, type Order, type Sample } from './sample.ts';

/** Rows of a statement as text, in the pipeline's own workgroup; `{silver}`, `{gold}` and `{ops}` are the databases. */
export async function ask(sql: string): Promise<(string | null)[][]> {
  const { databases, workgroup } = await stack();
  const athena = athenaPort(workgroup);
  const text = sql.replace(/\{(silver|gold|ops|staging)\}/g, (_, name: keyof typeof databases) => databases[name]);
  const { queryId } = await runQuery(athena, systemClock, sql.slice(0, 60), text);
  return athena.rows(queryId);
}

/** What lake and ledger must say of a file in the end, whatever happened on the way; without ids and times. */
export interface EndState {
  silver: string[];
  quarantine: string[];
  dailyRevenue: string[];
  productSales: string[];
  lifetimeValues: string[];
}

export function expectedOf({ orders, day, rejected }: Sample): EndState {
  const counted = orders.filter(({ status }) => status !== 'cancelled');
  const groups = (key: (order: Order) => string) => [...new Set(counted.map(key))].sort();
  const of = (key: (order: Order) => string, name: string) => counted.filter((order) => key(order) === name);
  const product = (order: Order) => order.product_id;
  const customer = (order: Order) => order.customer_id;
  return {
    silver: orders.map(rowOf).sort(),
    quarantine: [`${rejected.record}|${rejected.raw}`],
    dailyRevenue: [
      [day, counted.length, new Set(counted.map(customer)).size, units(counted), revenue(counted)].join('|'),
    ],
    productSales: groups(product).map((name) => {
      const sold = of(product, name);
      return [day, name, sold.length, units(sold), revenue(sold)].join('|');
    }),
    lifetimeValues: groups(customer).map((name) => {
      const bought = of(customer, name);
      return [name, bought.length, revenue(bought)].join('|');
    }),
  };
}

const rowOf = ({ order_id, customer_id, product_id, quantity, cents, status }: Order) =>
  [order_id, customer_id, product_id, quantity, money(cents), status].join('|');
const units = (orders: Order[]) => orders.reduce((sum, { quantity }) => sum + quantity, 0);
const revenue = (orders: Order[]) => money(orders.reduce((sum, { quantity, cents }) => sum + quantity * cents, 0));

/** What the lake holds of each sample; `fileIds` are in the order of the samples. */
export async function endStates(samples: Sample[], fileIds: string[]): Promise<EndState[]> {
  const list = (values: string[]) => values.map((value) => `'${value}'`).join(', ');
  const dates = samples.map(({ day }) => `date '${day}'`).join(', ');
  const customers = samples.flatMap(({ orders }) => [...new Set(orders.map(({ customer_id }) => customer_id))]);
  const [silver, quarantine, dailyRevenue, productSales, lifetimeValues] = await Promise.all([
    ask(`select order_id, customer_id, product_id, quantity, unit_price, status, cast(order_ts as date)
      from {silver}.orders where cast(order_ts as date) in (${dates}) and not meta_deleted`),
    ask(`select file_id, record, raw from {ops}.quarantine where dataset = 'orders' and file_id in (${list(fileIds)})`),
    ask(
      `select order_date, orders, customers, units, revenue from {gold}.daily_revenue where order_date in (${dates})`,
    ),
    ask(`select order_date, product_id, orders, units, revenue from {gold}.daily_product_sales
      where order_date in (${dates})`),
    ask(`select customer_id, orders, lifetime_value from {gold}.customer_lifetime_value
      where customer_id in (${list(customers)})`),
  ]);
  const joined = (rows: (string | null)[][]) => rows.map((row) => row.join('|')).sort();
  return samples.map(({ day, orders }, index) => {
    const own = new Set(orders.map(({ customer_id }) => customer_id));
    return {
      silver: joined(silver.filter((row) => row[6] === day).map((row) => row.slice(0, 6))),
      quarantine: joined(quarantine.filter(([id]) => id === fileIds[index]).map((row) => row.slice(1))),
      dailyRevenue: joined(dailyRevenue.filter(([date]) => date === day)),
      productSales: joined(productSales.filter(([date]) => date === day)),
      lifetimeValues: joined(lifetimeValues.filter(([id]) => own.has(id!))),
    };
  });
}

const datasets = readDatasets();
const marts = parseMarts(readSqlFiles(), datasets);

/** What the ledger says of a file and of everything that must be at rest when its run is over. */
export async function atRest(fileId: string) {
  const store = await ledger();
  const file = await getFile(store, fileId);
  const table = await getTable(store, 'orders');
  const batches = await store.query<BatchItem>(table.pk, { from: 'batch#', to: 'batch#~' });
  const goldOf = async (mart: Mart) => {
    const item = await store.get<MartItem>(`mart#${mart.name}`, 'state');
    const sources = await Promise.all(
      readBy(mart).map(async (source) => ({ source, ...(await getTable(store, source)) })),
    );
    return {
      free: item?.owner === undefined && item?.pending === undefined,
      // Dimensions come with the fact that refers to them, and read other tables.
      upToDate: sources.every(
        ({ source, committed }) => item?.sources[source]?.batch_seq === (committed?.batch_seq ?? 0),
      ),
    };
  };
  const tables = martsOf(marts, 'orders').filter(isTable);
  return {
    file: { status: file?.status, counts: file?.counts, error: file?.error },
    batches: batches.filter((batch) => batch.file_ids.includes(fileId)).map(({ status }) => status),
    table: { owner: table.owner, open: table.open_batch, unplanned: table.staged_seq - table.planned_seq },
    gold: Object.fromEntries(await Promise.all(tables.map(async (mart) => [mart.name, await goldOf(mart)]))),
  };
}

/** What `atRest` says when all is well. */
export const settled = ({ counts }: Sample): Awaited<ReturnType<typeof atRest>> => ({
  file: { status: 'done', counts, error: undefined },
  batches: ['done'],
  table: { owner: undefined, open: undefined, unplanned: 0 },
  gold: Object.fromEntries(
    martsOf(marts, 'orders')
      .filter(isTable)
      .map(({ name }) => [name, { free: true, upToDate: true }]),
  ),
});

/** Rows by which a mart over orders differs from its own SELECT over silver, each as text. */
export async function goldDifferences(): Promise<string[]> {
  const { databases, lakeBucket } = await stack();
  const { exists } = catalog(databases, lakeBucket);
  // There is no table of a dataset that nobody has dropped a file for yet.
  const there = (source: string) => exists(databases.silver, source);
  const differences: string[] = [];
  for (const mart of martsOf(marts, 'orders').filter(isTable)) {
    const sources = mart.sources.map(async (source) => [
      source,
      {
        fragment: (await there(source))
          ? `(select * from ${databases.silver}.${source} where not meta_deleted)`
          : noRows(datasets[source]!),
      },
    ]);
    const live = Object.fromEntries(await Promise.all(sources));
    const computed = renderSql(mart.select, { identifiers: live });
    const rows = await ask(`select * from ((select * from {gold}.${mart.name} except select * from (${computed}))
      union all (select * from (${computed}) except select * from {gold}.${mart.name}))`);
    differences.push(...rows.map((row) => `${mart.name}: ${row.join('|')}`));
  }
  return differences;
}
