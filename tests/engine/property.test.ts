import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FileRejectedError } from '../../core/errors.ts';
import { damaged, damages } from './damage.ts';
import { compress, type Written, written } from './random-tables.ts';
import { seeded } from './seed.ts';
import { splitInMemory } from './splitting.ts';
import { validate } from './validation.ts';

seeded('validation of random tables');

const RUNS = { sound: 250, damaged: 350 };

/** The typed value that a cell must be read back as, in the form in which DuckDB's client shows it. */
function typed(text: string | null, kind: string): unknown {
  if (text === null) return null;
  switch (kind) {
    case 'int':
    case 'double':
      return Number(text);
    case 'boolean':
      return text === 'true';
    case 'timestamp':
      return String(BigInt(Date.parse(text)) * 1000n);
    default:
      return text;
  }
}

const rowsOf = ({ table }: Written) =>
  table.rows.map((cells) =>
    Object.fromEntries(table.columns.map(({ name, type }, at) => [name, typed(cells[at]!, type.kind)])),
  );

const rescuedOf = ({ table }: Written) =>
  table.rows.map((cells) => {
    const unknown = cells[table.columns.length] ?? null;
    return unknown === null ? null : { [table.unknown!]: unknown };
  });

describe('validating a random table', () => {
  it('gives every value back with its type, however it is written', async () => {
    await fc.assert(
      fc.asyncProperty(written, async (of) => {
        const { rows, counts } = await validate(compress(of.plain, of.writing), of.dataset);

        const names = of.table.columns.map(({ name }) => name);
        expect(rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])))).toEqual(rowsOf(of));
        expect(rows.map(({ meta_rescued }) => JSON.parse((meta_rescued as string | null) ?? 'null'))).toEqual(
          rescuedOf(of),
        );
        expect(counts).toEqual({ in: rows.length, accepted: rows.length, rejected: 0, duplicate: 0, superseded: 0 });
      }),
      { numRuns: RUNS.sound, endOnFailure: true },
    );
  });

  it('accounts for every row of a damaged one, with reasons and raw text, and never crashes', async () => {
    await fc.assert(
      fc.asyncProperty(written, damages, fc.integer({ min: 1, max: 60 }), async (of, damage, chunk) => {
        const plain = damaged(of.plain, damage, of.headerBytes);

        const outcome = await validate(compress(plain, of.writing), of.dataset, { chunk }).catch(
          (error) => error as Error,
        );

        if (outcome instanceof Error) {
          expect(outcome).toBeInstanceOf(FileRejectedError);
          return;
        }
        const { counts, rows, rejects } = outcome;
        const records = [...rows.map((row) => row.meta_record as number), ...rejects.map(({ record }) => record)];
        expect(records.sort((a, b) => a - b)).toEqual(Array.from({ length: counts.in }, (_, index) => index + 1));
        expect(counts).toMatchObject({ accepted: rows.length, rejected: rejects.length });
        expect(rejects.filter(({ reasons, raw }) => reasons.length === 0 || raw.length === 0)).toEqual([]);
        // Accepted rows are among the sound ones, so that what is said of those holds for these.
        const { sound } = splitInMemory([plain], of.dataset, 4096);
        const soundRecords = new Set(sound.map(({ record }) => record));
        expect(rows.filter((row) => !soundRecords.has(row.meta_record as number))).toEqual([]);
      }),
      { numRuns: RUNS.damaged, endOnFailure: true },
    );
  });
});
