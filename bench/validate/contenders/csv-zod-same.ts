import { hash } from 'node:crypto';
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { checkOrder, countReasons, type Order, type Reason } from './csv-zod/orders.ts';
import { LINEAGE_COLUMNS, ORDER_COLUMNS, parquetFile, REJECTED_COLUMNS, ROW_GROUP } from './csv-zod/parquet.ts';
import { finish, task } from './finish.ts';

/**
 * csv-parse and zod made to do what this project's validation does for a sound CSV file: row hash, lineage, duplicates
 * within the file, every reason beside the raw text, a profile, both sides as Parquet.
 */
const { input, out } = task();
const FILE_ID = 'benchmark';
const MODIFIED = String(Date.parse('2026-01-01T00:00:00.000Z')).padStart(15, '0');
const NAMES = ORDER_COLUMNS.map(({ name }) => name) as (keyof Order)[];

const ACCEPTED_COLUMNS = [...ORDER_COLUMNS, ...LINEAGE_COLUMNS];
const columns: unknown[][] = ACCEPTED_COLUMNS.map(() => []);
const VERSION = NAMES.length;
const HASH = VERSION + 4;
const rejects: unknown[][] = REJECTED_COLUMNS.map(() => []);
const reasonCounts: Record<string, number> = {};
/** The place of each key's newest row so far. */
const newest = new Map<string, number>();
const beaten: number[] = [];
let duplicate = 0;
let superseded = 0;

function accept(order: Order, record: number): void {
  const texts = NAMES.map((name) => {
    const value = String(order[name]);
    return `${name}:${Buffer.byteLength(value)}=${value}`;
  });
  const rowHash = hash('md5', texts.join(''));
  const version = `${MODIFIED}|${rowHash}`;
  const row = columns[0]!.length;
  NAMES.forEach((name, index) => void columns[index]!.push(order[name]));
  [version, false, FILE_ID, record, rowHash, null].forEach(
    (value, index) => void columns[VERSION + index]!.push(value),
  );
  const rival = newest.get(order.order_id);
  if (rival === undefined) newest.set(order.order_id, row);
  else if (columns[HASH]![rival] === rowHash) {
    duplicate += 1;
    beaten.push(row);
  } else {
    superseded += 1;
    const loses = version < String(columns[VERSION]![rival]);
    beaten.push(loses ? row : rival);
    if (!loses) newest.set(order.order_id, row);
  }
}

function reject(reasons: Reason[], record: number, line: number, raw: string): void {
  countReasons(reasonCounts, reasons);
  [`${FILE_ID}-1`, record, line, raw, JSON.stringify(reasons)].forEach(
    (value, index) => void rejects[index]!.push(value),
  );
}

/** Nulls, distinct, min and max of the accepted rows. */
function profileOf(values: unknown[]) {
  let nulls = 0;
  let min: unknown;
  let max: unknown;
  const distinct = new Set();
  for (const value of values as string[]) {
    if (value === null) nulls += 1;
    else {
      distinct.add(value);
      if (min === undefined || value < (min as string)) min = value;
      if (max === undefined || value > (max as string)) max = value;
    }
  }
  return { nulls, distinct: distinct.size, min: String(min), max: String(max) };
}

const laps: Record<string, number> = {};
let last = performance.now();
function lap(name: string): void {
  laps[name] = Math.round(performance.now() - last);
  last = performance.now();
}

const parser = createReadStream(input, { highWaterMark: 1 << 20 }).pipe(
  parse({ columns: true, bom: true, info: true, raw: true }),
);
parser.on('readable', () => {
  for (let item = parser.read(); item !== null; item = parser.read()) {
    const { record, info, raw } = item;
    const checked = checkOrder(record);
    if (Array.isArray(checked)) reject(checked, info.records, info.lines, raw);
    else accept(checked, info.records);
  }
});
await new Promise((resolve, reject) => parser.once('end', resolve).once('error', reject));
lap('read and check');

const losers = new Set(beaten);
const kept = losers.size === 0 ? columns : columns.map((values) => values.filter((_, row) => !losers.has(row)));
const profile = {
  columns: Object.fromEntries(NAMES.map((name, index) => [name, profileOf(kept[index]!)])),
  partitions: Object.fromEntries(
    [...Map.groupBy(kept[NAMES.indexOf('order_ts')] as bigint[], (micros) => micros / 86_400_000_000n)].map(
      ([day, rows]) => [new Date(Number(day) * 86_400_000).toISOString().slice(0, 10), rows.length],
    ),
  ),
  reasons: reasonCounts,
};
writeFileSync(join(out, 'profile.json'), JSON.stringify(profile));
lap('profile');

for (const [name, schema, data] of [
  ['accepted.parquet', ACCEPTED_COLUMNS, kept],
  ['rejected.parquet', REJECTED_COLUMNS, rejects],
] as const) {
  const file = parquetFile(join(out, name), schema);
  for (let at = 0; at < data[0]!.length; at += ROW_GROUP) {
    file.write(data.map((values) => values.slice(at, at + ROW_GROUP)));
  }
  file.end();
}
lap('Parquet');
finish({
  accepted: kept[0]!.length,
  rejected: rejects[0]!.length,
  lost: duplicate + superseded,
  reasons: reasonCounts,
  laps,
});
