import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { checkOrder, countReasons } from './csv-zod/orders.ts';
import { ORDER_COLUMNS, parquetFile, ROW_GROUP } from './csv-zod/parquet.ts';
import { finish, task } from './finish.ts';

/** csv-parse and zod as one would write it: the split with reasons, sound rows as Parquet, bad ones as JSON lines. */
const { input, out } = task();
const accepted = parquetFile(join(out, 'accepted.parquet'), ORDER_COLUMNS);
const rejected = openSync(join(out, 'rejected.jsonl'), 'w');
const counts = { accepted: 0, rejected: 0, reasons: {} as Record<string, number> };
let group: unknown[][] = ORDER_COLUMNS.map(() => []);

function writeGroup(): void {
  accepted.write(group);
  group = ORDER_COLUMNS.map(() => []);
}

const parser = createReadStream(input, { highWaterMark: 1 << 20 }).pipe(parse({ columns: true, bom: true }));
parser.on('readable', () => {
  for (let record = parser.read(); record !== null; record = parser.read()) {
    const checked = checkOrder(record);
    if (Array.isArray(checked)) {
      counts.rejected += 1;
      countReasons(counts.reasons, checked);
      writeSync(rejected, `${JSON.stringify({ record, reasons: checked })}\n`);
    } else {
      counts.accepted += 1;
      Object.values(checked).forEach((value, index) => void group[index]!.push(value));
      if (group[0]!.length === ROW_GROUP) writeGroup();
    }
  }
});
await new Promise((resolve, reject) => parser.once('end', resolve).once('error', reject));
writeGroup();
accepted.end();
closeSync(rejected);
finish(counts);
