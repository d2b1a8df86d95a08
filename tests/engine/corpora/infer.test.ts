import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FileRejectedError } from '../../../core/errors.ts';
import { inferFrom } from '../inferring.ts';
import { DATA, hasData, validate } from '../validation.ts';

const describeWithData = hasData ? describe : describe.skip;
/** Files that no contract can be drafted of, and why. */
const REFUSED =
  /^(?:frictionless\/(?:.*\/)?(?:capital-invalid|duplicate-column|duplicate-headers|invalid|empty|without-rows|chunk2\.headless|chunk3|countries|country-2|defective-rows|issue-1004-data2|matrix-with-comment|skip-rows|skip-rows-before-headers)\.csv|blns\/blns\.txt|.*zip\.csv|.*\.zip)$/;
const files = hasData
  ? ['online-retail', 'jaffle-shop-classic', 'csv-spectrum', 'frictionless', 'blns'].flatMap((folder) =>
      readdirSync(join(DATA, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(?:csv|txt)$/.test(entry.name))
        .map((entry) => relative(DATA, join(entry.parentPath, entry.name)))
        .sort(),
    )
  : [];

describeWithData(
  `a draft of a real file (${hasData ? 'found' : `skipped: no data at ${DATA}; set TRIBUTARY_DATA`})`,
  () => {
    it.each(files)('%s: none of its rows is rejected but damaged ones', async (file) => {
      const bytes = readFileSync(join(DATA, file));
      const inferred = await inferFrom([{ name: file, bytes }]).catch((error: unknown) => error as Error);
      if (inferred instanceof Error) {
        expect(inferred).toBeInstanceOf(FileRejectedError);
        expect(file.normalize('NFC')).toMatch(REFUSED);
        return;
      }

      const { counts, reasons } = await validate(bytes, { ...inferred.contract, maxRejectPercent: 100 });

      // Structural faults have no column.
      expect(Object.keys(reasons).filter((reason) => reason.includes('.'))).toEqual([]);
      expect(counts).toEqual(inferred.counts);
      expect(file).not.toMatch(REFUSED);
    });

    it('of seven days of invoices has the types that their contract has', async () => {
      const folder = join(DATA, 'online-retail');
      const samples = readdirSync(folder)
        .filter((file) => file.endsWith('.csv'))
        .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));

      const { contract, counts, draft } = await inferFrom(samples, { dataset: 'invoices' });

      expect(counts.rejected).toBe(0);
      expect(contract.columns.map(({ name, type }) => `${name} ${type.kind}`)).toEqual([
        ...['invoice_no string', 'stock_code string', 'description string', 'quantity int', 'invoice_date timestamp'],
        ...['unit_price decimal', 'customer_id bigint', 'country string'],
      ]);
      expect(contract.key).toEqual([]);
      expect(draft.columns[6]!.notes).toContain('whole numbers written like 17850.0, as spreadsheets and pandas do');
    });
  },
);
