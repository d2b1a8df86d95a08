import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FileRejectedError } from '../../core/errors.ts';
import { inferFrom } from './inferring.ts';
import { compress, written } from './random-tables.ts';
import { seeded } from './seed.ts';
import { validate } from './validation.ts';

seeded('contracts drafted of random tables');

const two = (number: number) => String(number).padStart(2, '0');
const days = fc
  .date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2099-12-31T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const parts = (iso: string) =>
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/.exec(iso)!.slice(1) as [string, string, string, string, string, string];
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** A way to write values of a type, and the types that a column of them may be drafted as: the type, or a wider one. */
interface Way {
  cell: fc.Arbitrary<string>;
  types: string[];
  /** How it must be read, if the draft has to say that. */
  formats?: string[];
}

const WAYS: Record<string, Way> = {
  words: { cell: fc.constantFrom('red', 'green', 'Blue', 'sky blue', 'é', '"x"'), types: ['string'] },
  'small integers': { cell: fc.integer({ min: -9999, max: 9999 }).map(String), types: ['int'] },
  // Room to grow.
  integers: { cell: fc.integer().map(String), types: ['int', 'bigint'] },
  'large integers': { cell: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String), types: ['int', 'bigint'] },
  'integers of pandas': { cell: fc.integer({ min: 0, max: 99_999 }).map((n) => `${n}.0`), types: ['decimal'] },
  'leading zeros': {
    cell: fc.integer({ min: 0, max: 9999 }).map((n) => String(n).padStart(5, '0')),
    types: ['string'],
  },
  cents: { cell: fc.integer({ min: -999_999, max: 999_999 }).map((n) => (n / 100).toFixed(2)), types: ['decimal'] },
  'decimal commas': {
    cell: fc.integer({ min: 100, max: 99_999 }).map((n) => (n / 100).toFixed(2).replace('.', ',')),
    types: ['decimal'],
  },
  'grouped thousands': {
    cell: fc.integer({ min: 1000, max: 99_999_999 }).map((n) => n.toLocaleString('en-US')),
    types: ['int'],
  },
  exponents: { cell: fc.integer({ min: 1, max: 99 }).map((n) => `${n}e-3`), types: ['double'] },
  booleans: { cell: fc.constantFrom('true', 'false', 'TRUE', 'False'), types: ['boolean'] },
  dates: { cell: days.map((day) => day.slice(0, 10)), types: ['date'] },
  instants: { cell: days, types: ['timestamp'] },
  'instants with offsets': { cell: days.map((day) => `${day.slice(0, 19)}+02:00`), types: ['timestamp'] },
  'times without seconds': {
    cell: days.map((day) => day.slice(0, 16).replace('T', ' ')),
    types: ['timestamp'],
    formats: ['yyyy-MM-dd HH:mm'],
  },
  'German dates': {
    cell: days.map((day) => parts(day)).map(([y, m, d]) => `${Number(d)}.${Number(m)}.${y}`),
    types: ['date'],
  },
  'dates in words': {
    cell: days.map((day) => parts(day)).map(([y, m, d]) => `${two(Number(d))} ${MONTHS[Number(m) - 1]} ${y}`),
    types: ['date'],
    formats: ['dd MMM yyyy'],
  },
  'compact offsets': {
    cell: days.map((day) => `${day.slice(0, 19).replace('T', ' ')} +0100`),
    types: ['timestamp'],
    formats: ['yyyy-MM-dd HH:mm:ss XX'],
  },
};

const MISSING = ['', '', 'N/A', 'null', '-'];

const columns = fc.array(fc.tuple(fc.constantFrom(...Object.keys(WAYS)), fc.boolean()), { minLength: 1, maxLength: 5 });
const tables = columns.chain((chosen) => {
  const row = fc.tuple(
    ...chosen.map(([way, isOptional]) => {
      const { cell } = WAYS[way]!;
      return isOptional
        ? fc.oneof({ weight: 4, arbitrary: cell }, { weight: 1, arbitrary: fc.constantFrom(...MISSING) })
        : cell;
    }),
  );
  return fc.tuple(fc.constant(chosen), fc.array(row, { minLength: 3, maxLength: 30 }));
});

describe('a contract drafted of a random table', () => {
  it('has the types of its columns, or wider ones', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ([chosen, rows]) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const lines = [chosen.map((_, index) => `h${index}`), ...rows].map((cells) =>
          ['x', ...cells].map(quoted).join(';'),
        );

        const { draft, counts } = await inferFrom(lines.map((line) => `${line}\n`).join(''));

        expect(counts.rejected).toBe(0);
        for (const [index, [way]] of chosen.entries()) {
          const { types, formats } = WAYS[way]!;
          const guess = draft.columns[index + 1]!;
          const given = new Set(rows.map((row) => row[index]!).filter((cell) => !MISSING.includes(cell)));
          if (given.size === 0) continue;
          // Small numbers alone show no leading zeros, and no more digits than they have.
          if (way === 'leading zeros' && ![...given].some((cell) => cell.startsWith('0'))) continue;
          expect([way, guess.type.kind]).toEqual([way, expect.stringMatching(`^(?:${types.join('|')})$`)]);
          if (formats) expect(guess.formats).toEqual(formats);
          expect(guess.required).toBe(rows.every((row) => !MISSING.includes(row[index]!)));
        }
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it('rejects none of its rows but damaged ones, however it is written', async () => {
    await fc.assert(
      fc.asyncProperty(written, async (of) => {
        const bytes = compress(of.plain, of.writing);
        const inferred = await inferFrom(bytes).catch((error: unknown) => error as Error);
        if (inferred instanceof Error) {
          expect(inferred).toBeInstanceOf(FileRejectedError);
          // Only a file of which a contract has to state something can be beyond telling, or one of which so little is seen
          // that its fields fall apart.
          const { format, stated, encoding, byteOrderMark } = of.writing;
          const isBare = encoding.startsWith('utf-16') && !byteOrderMark;
          const isDamaged = format === 'csv' && /records are damaged/.test(inferred.message);
          expect([inferred.message, stated || isBare || isDamaged]).toEqual([inferred.message, true]);
          return;
        }

        const { counts, reasons } = await validate(bytes, { ...inferred.contract, maxRejectPercent: 100 });

        expect(Object.keys(reasons).filter((reason) => reason.includes('.'))).toEqual([]);
        expect(counts).toEqual(inferred.counts);
        // Where nothing has to be stated of a file, every row of it is found.
        const isPlain = of.writing.quote === '"' && !of.writing.stated && of.writing.header;
        if (isPlain && of.writing.format !== 'csv')
          expect(counts).toMatchObject({ in: of.table.rows.length, rejected: 0 });
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});
