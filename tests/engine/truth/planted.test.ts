import { describe, expect, it } from '@jest/globals';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { LIMITS } from '../../../core/validation/limits.ts';
import { type Outcome, validate } from '../validation.ts';
import { isoTime } from './cells.ts';
import { contractOf, fileOf, names } from './files.ts';
import type { AcceptedRow, RejectedRow, Truth } from './generate.ts';
import { parquetFileOf } from './parquet-file.ts';
import { MAX_RECORD } from './writer.ts';

/** With them the JSON array is written in each of its three styles. */
const SEEDS = [1, 2, 7];
const RECORDS = 3000;
const limits = { ...LIMITS, record: MAX_RECORD };

/** What was found, in the words of the truth. */
function rejectedOf({ rejects }: Outcome): RejectedRow[] {
  return rejects.map(({ record, line, raw, reasons }) => ({
    record,
    line,
    raw,
    reasons: reasons.map(({ column_name, rule, value }) => said(column_name, rule, value)).sort(),
  }));
}

/** The value belongs to a rule of a column; for damage and rules on rows the truth names none. */
const said = (column: string | null, rule: string, value: string | null): string =>
  column === null ? rule : `${column}.${rule}${value === null ? '' : `=${value}`}`;

function acceptedOf({ rows }: Outcome, { columns }: Dataset): AcceptedRow[] {
  return rows.map((row) => ({
    record: row.meta_record as number,
    values: columns.map(({ name }) => row[name] as AcceptedRow['values'][number]),
    rescued: row.meta_rescued as string | null,
    warnings: row.meta_warnings === null ? [] : String(row.meta_warnings).split(',').sort(),
    occurrence: Number(row.meta_occurrence ?? 1),
  }));
}

const valuesOf = ({ accepted }: Truth, { columns }: Dataset, column: string) =>
  accepted.map(({ values }) => values[columns.findIndex(({ name }) => name === column)]!);

/** The partitions that accepted rows lie in, of the two transforms that the contracts have. */
function partitionsOf(truth: Truth, of: Dataset): string[] {
  if (!of.partition) return [];
  const { column, transform } = of.partition;
  const days = valuesOf(truth, of, column).map((value) => (/-/.test(String(value)) ? value : isoTime(BigInt(value!))));
  return [...new Set(days.map((day) => String(day).slice(0, transform === 'year' ? 4 : 7)))].sort();
}

function expectTruth(found: Outcome, truth: Truth, of: Dataset): void {
  expect(acceptedOf(found, of)).toEqual(truth.accepted);
  expect(found.reasons).toEqual(truth.reasons);
  expect(found.profile.warnings).toEqual(truth.warnings);
  expect(found.counts).toEqual(truth.counts);
  expect(found.partitions).toEqual(partitionsOf(truth, of));
  const deleted = of.deletedColumn ? valuesOf(truth, of, of.deletedColumn) : truth.accepted.map(() => false);
  expect(found.rows.map((row) => row.meta_deleted)).toEqual(deleted.map((value) => value ?? false));
}

describe.each(names)('validateFile on planted %s', (name) => {
  it.each(SEEDS)(
    'finds exactly what was planted (seed %i)',
    async (seed) => {
      const { bytes, truth } = fileOf(name, seed, RECORDS);
      const of = contractOf(name);

      const found = await validate(bytes, of, { limits });

      expect(rejectedOf(found)).toEqual(truth.rejected);
      expectTruth(found, truth, of);
      expect(Object.keys(truth.reasons).length).toBeGreaterThan(15);
    },
    60_000,
  );
});

describe('validateFile on planted bookings', () => {
  it('finds exactly what was planted in a Parquet file with types of its own', async () => {
    const { bytes, truth } = await parquetFileOf(4, RECORDS);
    const of = contractOf('bookings');

    const found = await validate(bytes, of);

    const parsed = (rows: RejectedRow[]) => rows.map((row) => ({ ...row, raw: JSON.parse(row.raw) }));
    expect(parsed(rejectedOf(found))).toEqual(parsed(truth.rejected));
    expectTruth(found, truth, of);
    expect(Object.keys(truth.reasons).length).toBeGreaterThan(10);
  });

  it('measures the gates of the contract exactly', async () => {
    const { bytes, truth } = fileOf('bookings', 5, RECORDS);
    const of = contractOf('bookings');

    const { profile } = await validate(bytes, of, { limits });

    const { accepted } = truth.counts;
    const unrated = valuesOf(truth, of, 'rating').filter((value) => value === null).length;
    const guests = valuesOf(truth, of, 'guests');
    const stays = new Set(valuesOf(truth, of, 'check_in').map((day, index) => `${day} ${guests[index]}`));
    const wrong = truth.rejected.filter(({ reasons }) => reasons.some((reason) => reason.startsWith('rating.')));
    const percent = (rows: number) => expect.closeTo((100 * rows) / accepted, 9) as unknown as number;
    const measured = profile.gates.map(({ name, measured, passed }) => ({ name, measured, passed }));
    expect(measured).toEqual([
      { name: 'enough_rows', measured: accepted, passed: true },
      { name: 'few_rows', measured: accepted, passed: false },
      { name: 'few_alike', measured: percent(accepted - stays.size), passed: true },
      { name: 'mostly_rated', measured: percent(unrated), passed: true },
      { name: 'few_wrong_ratings', measured: wrong.length, passed: false },
    ]);
  });
});
