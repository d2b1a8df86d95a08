import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Dropped, drop, query } from './cloud.ts';
import { asText, oracle } from './oracle.ts';
import { retailFiles } from './where.ts';

const paths = retailFiles();

const silver = `select invoice_no, stock_code, description, quantity, invoice_date, unit_price, customer_id, country, count(*) as lines,
  max(meta_file_id) as file, max(meta_batch_seq) as batch
  from {silver}.online_retail group by 1, 2, 3, 4, 5, 6, 7, 8 order by 1, 2, 3, 4, 5, 6, 7, 8`;
const gold =
  'select invoice_day, country, lines, invoices, units, revenue from {gold}.retail_revenue_by_country order by 1, 2';

/** UCI Online Retail, seven days of it; set TRIBUTARY_DATA to the folder that holds `online-retail/`. */
(paths.length > 0 ? describe : describe.skip)('seven days of a real shop, without a natural key', () => {
  let first: Dropped[];

  beforeAll(async () => {
    first = await drop('online_retail', ...paths);
  });

  it('takes every line of every file', async () => {
    const [lines] = await oracle(`select count(*) as lines from read_csv(${list(paths)}, all_varchar = true)`);

    const accepted = first.reduce((sum, { counts }) => sum + counts!.accepted, 0);

    expect(first.map(({ outcome }) => outcome)).toEqual(paths.map(() => 'done'));
    expect(accepted).toBe(Number(lines!.lines));
    expect(await query('select count(*) as lines from {silver}.online_retail')).toEqual([{ lines: accepted }]);
  });

  it('has totals by day and country that equal DuckDB’s, to the cent', async () => {
    const computed = await oracle(`
      select InvoiceDate::timestamp::date as invoice_day, Country as country, count(*) as lines,
        count(distinct InvoiceNo) as invoices, sum(Quantity::int) as units,
        sum(Quantity::int * UnitPrice::decimal(12, 4))::decimal(38, 4) as revenue
      from read_csv(${list(paths)}, all_varchar = true) group by 1, 2 order by 1, 2`);

    const totals = asText(await query(gold));

    expect(totals.length).toBeGreaterThan(20);
    expect(totals).toEqual(computed);
  });

  it('changes nothing when the files come again, renamed and in another order', async () => {
    const before = [await query(silver), await query(gold)];
    const again = mkdtempSync(join(tmpdir(), 'retail-'));
    const renamed = [3, 0, 6, 2, 5, 1, 4].map((index, place) => {
      const path = join(again, `resend-${place}.csv`);
      copyFileSync(paths[index]!, path);
      return path;
    });

    const second = await drop('online_retail', ...renamed);

    expect(second.map(({ outcome }) => outcome)).toEqual(paths.map(() => 'done'));
    expect([await query(silver), await query(gold)]).toEqual(before);
  });
});

const list = (names: string[]) => `[${names.map((name) => `'${name}'`).join(', ')}]`;
