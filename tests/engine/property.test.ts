import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FileRejectedError } from '../../core/errors.ts';
import { column, dataset, validate } from './validation.ts';

const of = dataset({
  columns: [
    column('id', { kind: 'string' }, { required: true }),
    column('amount', { kind: 'int' }),
    column('note', { kind: 'string' }),
  ],
  key: [],
  history: 'append',
});

const text = fc.string({
  unit: fc.constantFrom('a', 'Z', '0', ' ', ',', '"', '\n', '\r', '\t', "'", '\\', 'é', '😀', '#'),
  maxLength: 8,
});
const row = fc.record({ id: text.filter(Boolean), amount: fc.option(fc.integer({ min: -99, max: 99 })), note: text });
const rows = fc.array(row, { minLength: 1, maxLength: 30 });
const csvCell = (value: unknown) => `"${String(value ?? '').replaceAll('"', '""')}"`;
const toCsv = (table: Record<string, unknown>[], end: string) =>
  ['note,id,amount', ...table.map(({ id, amount, note }) => [note, id, amount].map(csvCell).join(','))].join(end);
const toJson = (table: unknown[], end: string) => table.map((item) => JSON.stringify(item)).join(end);

describe('validateFile', () => {
  it('reads back every value of any table, as CSV and as JSON lines alike', async () => {
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 50 }),
        async (table, end, chunk) => {
          const csv = await validate(toCsv(table, end), of, { chunk });
          const json = await validate(toJson(table, end), of, { chunk });

          const values = table.map(({ id, amount, note }) => ({ id, amount, note: note || null }));
          for (const { rows, counts } of [csv, json]) {
            expect(rows.map(({ id, amount, note }) => ({ id, amount, note }))).toEqual(values);
            expect(counts.rejected).toBe(0);
          }
          expect(json.rows.map((item) => item.meta_row_id)).toEqual(csv.rows.map((item) => item.meta_row_id));
        },
      ),
      { numRuns: 20 },
    );
  }, 60_000);

  it('accounts for every row of a randomly damaged file, and never crashes', async () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.constantFrom('"', '\n', ',', '\0', '\xff', '', '{', '\r')), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(rows, damage, fc.boolean(), async (table, hits, isCsv) => {
        const bytes = Buffer.from(isCsv ? toCsv(table, '\n') : toJson(table, '\n'))
          .toString('latin1')
          .split('');
        for (const [place, piece] of hits) bytes[place % bytes.length] = piece;

        const outcome = await validate(Buffer.from(bytes.join(''), 'latin1'), of).catch((error) => error as Error);

        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(FileRejectedError);
          return;
        }
        const { counts, rows: accepted, rejects } = outcome;
        const records = [...accepted.map((item) => item.meta_record as number), ...rejects.map(({ record }) => record)];
        expect(records.sort((a, b) => a - b)).toEqual(Array.from({ length: counts.in }, (_, index) => index + 1));
        expect(rejects.every(({ reasons, raw }) => reasons.length > 0 && raw.length > 0)).toBe(true);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
