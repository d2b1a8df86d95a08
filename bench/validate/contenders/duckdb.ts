import { DuckDBInstance } from '@duckdb/node-api';
import { finish, task } from './finish.ts';

/**
 * DuckDB alone: reads, casts and writes both sides of the split, with reasons. No row hash, no lineage, no profile, no
 * duplicates, no raw text, and nothing for damaged files.
 */
const { input, out, threads } = task();
const q = (text: string) => `'${text.replaceAll("'", "''")}'`;
const PARQUET = '(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 50000)';
const TIME = '[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z';
const names = ['order_id', 'customer_id', 'product_id', 'quantity', 'unit_price', 'status', 'order_ts'];
const typed = `SELECT *,
    CASE WHEN regexp_full_match(quantity, '[+-]?[0-9]{1,10}') THEN try_cast(quantity AS INTEGER) END AS n,
    CASE WHEN regexp_full_match(unit_price, '[+-]?[0-9]{1,8}([.][0-9]{1,2})?') THEN try_cast(unit_price AS DECIMAL(10,2)) END AS price,
    CASE WHEN regexp_full_match(order_ts, ${q(TIME)}) THEN try_cast(left(order_ts, 19) AS TIMESTAMP) END AS ts
  FROM read_csv(${q(input)}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', new_line = '\\n',
    columns = {${names.map((name) => `${name}: 'VARCHAR'`).join(', ')}})`;
const rules: [reason: string, broken: string][] = [
  ...names.map((name): [string, string] => [`${name}.required`, `${name} IS NULL`]),
  ['quantity.type', 'quantity IS NOT NULL AND n IS NULL'],
  ['quantity.minimum', 'n < 1'],
  ['unit_price.type', 'unit_price IS NOT NULL AND price IS NULL'],
  ['unit_price.minimum', 'price < 0'],
  ['status.enum', "status NOT IN ('pending', 'paid', 'shipped', 'delivered', 'cancelled')"],
  ['order_ts.type', 'order_ts IS NOT NULL AND ts IS NULL'],
];
const bad = rules.map(([, broken]) => `coalesce(${broken}, false)`).join(' OR ');
const reasons = rules.map(([reason, broken]) => `CASE WHEN ${broken} THEN ${q(reason)} END`).join(', ');

const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
const db = await instance.connect();
const laps: Record<string, number> = {};
async function lap(name: string, sql: string): Promise<void> {
  const begin = performance.now();
  await db.run(sql);
  laps[name] = Math.round(performance.now() - begin);
}
async function rows(sql: string) {
  return (await db.runAndReadAll(sql)).getRowObjectsJson();
}

// With it, DuckDB evaluates every rule twice.
await db.run("SET disabled_optimizers = 'filter_pushdown'");
await lap(
  'passing',
  `COPY (SELECT order_id, customer_id, product_id, n AS quantity, price AS unit_price, status, epoch_us(ts) AS order_ts
    FROM (${typed}) WHERE NOT (${bad})) TO ${q(`${out}/accepted.parquet`)} ${PARQUET}`,
);
await lap(
  'failing',
  `COPY (SELECT ${names.join(', ')}, list_filter([${reasons}], lambda reason: reason IS NOT NULL) AS reasons
    FROM (${typed}) WHERE ${bad}) TO ${q(`${out}/rejected.parquet`)} ${PARQUET}`,
);
const count = async (file: string) => Number((await rows(`SELECT count(*) AS n FROM ${q(`${out}/${file}`)}`))[0]!.n);
const counted = await rows(
  `SELECT reason, count(*) AS n FROM (SELECT unnest(reasons) AS reason FROM ${q(`${out}/rejected.parquet`)}) GROUP BY 1`,
);
finish({
  accepted: await count('accepted.parquet'),
  rejected: await count('rejected.parquet'),
  reasons: Object.fromEntries(counted.map(({ reason, n }) => [String(reason), Number(n)])),
  laps,
});
