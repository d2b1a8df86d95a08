import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { StagedItem } from '../../../core/ledger/items.ts';
import { maxListedFields } from '../../../core/merge/evolve.ts';
import { type Limits, planBatch, ranges } from '../../../core/merge/plan.ts';

const day = fc.integer({ min: 0, max: 60 }).map((n) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10));
const staged = fc
  .array(
    fc.record({
      partitions: fc.uniqueArray(day, { maxLength: 12 }),
      bytes: fc.integer({ min: 0, max: 100 }),
      rows: fc.integer({ min: 0, max: 100 }),
      fields: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 4 }),
    }),
  )
  .map((files) =>
    files.map(
      ({ partitions, bytes, rows, fields }, index): StagedItem => ({
        pk: 'table#orders',
        sk: `staged#${index}`,
        rev: 1,
        staged_seq: index + 1,
        file_id: `f${index}`,
        stage_id: `f${index}-1`,
        rows,
        bytes,
        partitions: partitions.sort(),
        partition_count: partitions.length,
        unknown_fields: fields,
        profile_key: 'p',
      }),
    ),
  );
const max: Limits = { files: 5, partitions: 8, rows: 250, bytes: 200, fields: 5 };

describe('planBatch', () => {
  it('takes every staged file in order, in batches that keep every limit', async () => {
    await fc.assert(
      fc.asyncProperty(staged, async (files) => {
        const taken: StagedItem[] = [];
        while (taken.length < files.length) {
          const plan = await planBatch(files.slice(taken.length), async (item) => item.partitions, max);

          const partitions = new Set(plan.files.flatMap((file) => file.partitions));
          expect(plan.files.length).toBeGreaterThan(0);
          expect(plan.files.length).toBeLessThanOrEqual(max.files);
          expect(new Set(plan.files.flatMap((file) => file.unknown_fields)).size).toBeLessThanOrEqual(max.fields);
          if (plan.files.length > 1)
            expect(plan.files.reduce((sum, file) => sum + file.bytes, 0)).toBeLessThanOrEqual(max.bytes);
          if (plan.files.length > 1)
            expect(plan.files.reduce((sum, file) => sum + file.rows, 0)).toBeLessThanOrEqual(max.rows);
          if (plan.ranges.length === 0) expect(partitions.size).toBeLessThanOrEqual(max.partitions);
          else expect(plan.files.length).toBe(1);
          taken.push(...plan.files);
        }
        expect(taken).toEqual(files);
      }),
    );
  });

  it('leaves a file alone that may have more unknown fields than it lists', async () => {
    const item = (n: number, fields: number): StagedItem => ({
      pk: 'table#events',
      sk: `staged#${n}`,
      rev: 1,
      staged_seq: n,
      file_id: `f${n}`,
      stage_id: `f${n}-1`,
      rows: 1,
      bytes: 1,
      partitions: [],
      partition_count: 0,
      unknown_fields: Array.from({ length: fields }, (_, index) => `field_${n}_${index}`),
      profile_key: 'p',
    });
    const files = [item(1, 2), item(2, 3), item(3, maxListedFields), item(4, 0)];
    const taken = async (from: number) => (await planBatch(files.slice(from), async () => [])).files.length;

    expect([await taken(0), await taken(2), await taken(3)]).toEqual([2, 1, 1]);
  });

  it('covers each partition of a wide file by exactly one range', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(day, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 10 }),
        (days, size) => {
          const sorted = days.sort();

          const cut = ranges(sorted, size);

          for (const value of sorted) expect(cut.filter(({ from, to }) => from <= value && value <= to).length).toBe(1);
          for (const { from, to } of cut)
            expect(sorted.filter((value) => from <= value && value <= to).length).toBeLessThanOrEqual(size);
        },
      ),
    );
  });
});
