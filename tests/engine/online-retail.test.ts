import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { contract, DATA, hasData, query, validate } from './validation.ts';

const folder = join(DATA, 'online-retail');
const describeWithData = hasData ? describe : describe.skip;

describeWithData(
  `online_retail, the real files (${hasData ? 'found' : `skipped: no data at ${folder}; set TRIBUTARY_DATA`})`,
  () => {
    const files = hasData ? readdirSync(folder).filter((file) => file.endsWith('.csv')) : [];

    it.each(files)('%s is taken whole, to the cent', async (file) => {
      const of = await contract('online_retail');
      const path = join(folder, file);
      const [truth] = await query(
        `SELECT count(*) AS n, sum(Quantity::INTEGER * UnitPrice::DECIMAL(12,4))::VARCHAR AS revenue, count(CustomerID) AS customers,
         count(*) FILTER (InvoiceNo LIKE 'C%') AS cancelled, count(DISTINCT CustomerID)::INTEGER AS buyers
       FROM read_csv('${path}', all_varchar = true)`,
      );

      const { rows, counts, partitions } = await validate(readFileSync(path), of);

      expect(counts).toEqual({
        in: Number(truth!.n),
        accepted: Number(truth!.n),
        rejected: 0,
        duplicate: 0,
        superseded: 0,
      });
      expect(partitions).toEqual([file.slice(0, 10)]);
      const tenThousandths = rows.reduce(
        (sum, row) => sum + BigInt(row.quantity as number) * BigInt((row.unit_price as string).replace('.', '')),
        0n,
      );
      expect(tenThousandths).toBe(BigInt((truth!.revenue as string).replace('.', '')));
      const buyers = rows.map((row) => row.customer_id).filter((id) => id !== null);
      expect([buyers.length, new Set(buyers).size]).toEqual([Number(truth!.customers), truth!.buyers]);
      expect(rows.filter((row) => (row.invoice_no as string).startsWith('C'))).toHaveLength(Number(truth!.cancelled));
      expect(new Set(rows.map((row) => `${row.meta_row_hash}-${row.meta_occurrence}`)).size).toBe(rows.length);
    });

    it('have the same row ids when their lines are shuffled', async () => {
      const of = await contract('online_retail');
      const [header, ...lines] = readFileSync(join(folder, files[0]!), 'utf8').trimEnd().split('\n');

      const first = await validate([header, ...lines].join('\n'), of);
      const reversed = await validate([header, ...lines.reverse()].join('\r\n'), of);

      const ids = (outcome: typeof first) =>
        outcome.rows.map((row) => `${row.meta_row_hash}-${row.meta_occurrence}`).sort();
      expect(ids(reversed)).toEqual(ids(first));
    });
  },
);
