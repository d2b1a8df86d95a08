import { closeSync, createReadStream, createWriteStream, existsSync, openSync, writeSync } from 'node:fs';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import { type Random, randomFrom } from '../../core/generate/random.ts';

/** What a correct validation of a generated file finds. */
export interface Truth {
  rows: number;
  accepted: number;
  rejected: number;
  /** Rows that another row of the file with the same key beats. */
  lost: number;
  /** `column.rule`: how many rows have that reason. */
  reasons: Record<string, number>;
}

export type InputFormat = 'csv' | 'jsonl' | 'csv.gz' | 'csv.zst';

export interface Input {
  path: string;
  bytes: number;
  truth: Truth;
}

/** Part of the file names: raise it when the rows change, so that old files are not taken for new ones. */
const EDITION = 1;
const STATUSES = ['pending', 'paid', 'shipped', 'delivered', 'cancelled'];
const NOT_A_QUANTITY = ['abc', '1.5', 'two', '1e2'];
const NOT_A_PRICE = ['N/A', '12.5x', '1,2'];
const NOT_A_STATUS = ['unknown', 'PAID'];
const NOT_A_TIME = ['not-a-date', '2026-13-45T00:00:00Z', '2026-02-30T10:00:00Z'];
const BEGIN_2025 = 1_735_689_600;
const SECONDS_A_YEAR = 31_536_000;
/** Keys that duplicates repeat are drawn from this many rows. */
const POOL = 1_000;
const HEADER = 'order_id,customer_id,product_id,quantity,unit_price,status,order_ts';

/** A file of orders, about 2 % of them bad in eight ways, and its truth; made if it is not there yet. */
export async function inputFile(folder: string, rows: number, format: InputFormat): Promise<Input> {
  await mkdir(folder, { recursive: true });
  const at = (suffix: string) => join(folder, `orders-v${EDITION}-${rows}.${suffix}`);
  const path = at(format);
  const truthPath = at('truth.json');
  if (!existsSync(path) || !existsSync(truthPath)) {
    // Renamed when it is whole: an interrupted run leaves no half file that looks finished.
    const part = `${path}.part`;
    if (format === 'csv' || format === 'jsonl') {
      const truth = writeOrders(part, rows, format);
      await writeFile(truthPath, JSON.stringify(truth));
    } else {
      const { path: plain } = await inputFile(folder, rows, 'csv');
      const compress = format === 'csv.gz' ? createGzip() : createZstdCompress();
      await pipeline(createReadStream(plain, { highWaterMark: 1 << 20 }), compress, createWriteStream(part));
    }
    await rename(part, path);
  }
  return { path, bytes: (await stat(path)).size, truth: JSON.parse(await readFile(truthPath, 'utf8')) as Truth };
}

/** Values as texts; an empty one is missing. */
interface Order {
  fields: string[];
  reasons: string[];
  /** Repeats the key of another sound row. */
  repeats: boolean;
}

function writeOrders(path: string, rows: number, format: 'csv' | 'jsonl'): Truth {
  const random = randomFrom('tributary benchmark');
  const write = format === 'csv' ? csvLine : jsonLine;
  const truth: Truth = { rows, accepted: 0, rejected: 0, lost: 0, reasons: {} };
  const file = openSync(path, 'w');
  const pool: string[] = [];
  let text = format === 'csv' ? `${HEADER}\n` : '';
  for (let row = 0; row < rows; row++) {
    const order = makeOrder(row, random, pool);
    for (const reason of order.reasons) truth.reasons[reason] = (truth.reasons[reason] ?? 0) + 1;
    if (order.reasons.length > 0) truth.rejected += 1;
    else if (order.repeats) truth.lost += 1;
    else {
      truth.accepted += 1;
      pool[pool.length < POOL ? pool.length : random.whole(0, POOL - 1)] = order.fields[0]!;
    }
    text += write(order.fields);
    if (text.length > 1 << 18) {
      writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
  return truth;
}

function makeOrder(row: number, random: Random, pool: string[]): Order {
  const product = `SKU-${String(random.whole(0, 4_999)).padStart(5, '0')}`;
  const time = (BEGIN_2025 + random.whole(0, SECONDS_A_YEAR - 1)) * 1_000;
  const fields = [
    `ORD-${String(row).padStart(9, '0')}`,
    `C${String(random.whole(0, 199_999)).padStart(7, '0')}`,
    random.next() < 0.01 ? `${product}, "B"` : product,
    String(random.whole(1, 19)),
    `${random.whole(1, 499)}.${String(random.whole(0, 99)).padStart(2, '0')}`,
    random.pick(STATUSES),
    `${new Date(time).toISOString().slice(0, 19)}Z`,
  ];
  const order: Order = { fields, reasons: [], repeats: false };
  const fate = random.next();
  if (fate < 0.02) spoil(order, Math.floor((fate / 0.02) * 8), random, pool);
  return order;
}

/** Makes a row bad in one of eight ways, some of them in two columns. */
function spoil(order: Order, way: number, random: Random, pool: string[]): void {
  const set = (column: number, value: string, reason: string) => {
    order.fields[column] = value;
    order.reasons.push(`${HEADER.split(',')[column]}.${value === '' ? 'required' : reason}`);
  };
  if (way === 0) set(0, '', 'required');
  else if (way === 1) set(1, '', 'required');
  else if (way === 2) set(3, random.pick([...NOT_A_QUANTITY, '']), 'type');
  else if (way === 3) set(3, random.pick(['0', '-1', '-7']), 'minimum');
  else if (way === 4 && random.next() < 0.2) set(4, '-3.00', 'minimum');
  else if (way === 4) set(4, random.pick([...NOT_A_PRICE, '']), 'type');
  else if (way === 5) set(5, random.pick([...NOT_A_STATUS, '']), 'enum');
  else if (way === 6) set(6, random.pick([...NOT_A_TIME, '']), 'type');
  else if (pool.length > 0) {
    order.fields[0] = random.pick(pool);
    order.repeats = true;
  }
  if ((way === 2 || way === 3) && random.next() < 0.2) set(5, 'unknown', 'enum');
}

const csvLine = (fields: string[]): string =>
  `${fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')}\n`;

const NAMES = HEADER.split(',').map((name) => `${JSON.stringify(name)}:`);

/** Sound numbers as JSON numbers, everything else as strings. */
function jsonLine(fields: string[]): string {
  const members = fields.map((field, column) => {
    const isNumber = (column === 3 || column === 4) && /^-?\d+(\.\d\d)?$/.test(field);
    return `${NAMES[column]}${field === '' ? 'null' : isNumber ? field : JSON.stringify(field)}`;
  });
  return `{${members.join(',')}}\n`;
}
