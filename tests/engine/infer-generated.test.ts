import { describe, expect, it } from '@jest/globals';
import { generateFiles } from '../../core/generate/files.ts';
import { generators } from '../../core/generate/registry.ts';
import { inferFrom } from './inferring.ts';
import { contract, validate } from './validation.ts';

/** Two files of a dataset, as `tributary generate` makes them. */
async function filesOf(name: string, format: 'csv' | 'jsonl', dirty: number) {
  const files = generateFiles(generators[name]!, await contract(name), {
    ...{ seed: 'infer', rows: 150, files: 2, at: new Date('2026-03-01T00:00:00Z'), format, dirty },
    ...{ late: 0.05, duplicates: 0.05, outOfOrder: 0.05, orphans: 0, parents: () => 40 },
  });
  return files.map((file) => ({ name: file.name, bytes: file.text }));
}

const cases = Object.keys(generators).flatMap((name) => [
  [name, 'csv', 0] as const,
  [name, 'csv', 0.1] as const,
  [name, 'jsonl', 0.1] as const,
]);

/** Several files are drafted and checked one after the other. */

describe('a draft of generated files', () => {
  it.each(cases)(
    'of %s as %s with a share of dirt of %d rejects none of their rows but damaged ones',
    async (name, format, dirty) => {
      const files = await filesOf(name, format, dirty);

      const inferred = await inferFrom(files, { dataset: name });

      const results = await Promise.all(
        files.map(({ bytes }) => validate(bytes, { ...inferred.contract, maxRejectPercent: 100 })),
      );
      const reasons = results.flatMap((result) => Object.keys(result.reasons));
      expect(reasons.filter((reason) => reason.includes('.'))).toEqual([]);
      expect(inferred.yaml).not.toContain('broke the rule');
      expect(inferred.counts.rejected).toBe(results.reduce((sum, { counts }) => sum + counts.rejected, 0));
      if (dirty === 0) expect(inferred.counts.rejected).toBe(0);
    },
  );

  it.each(['bookings', 'customers', 'hosts', 'orders', 'products', 'properties', 'transactions'])(
    'of %s finds the key and the types that its contract has',
    async (name) => {
      const own = await contract(name);

      const { contract: draft } = await inferFrom(await filesOf(name, 'csv', 0), { dataset: name });

      expect(draft.key).toEqual(own.key);
      const kinds = (columns: typeof own.columns) =>
        Object.fromEntries(
          columns.map(({ name: column, type }) => [column, /int/.test(type.kind) ? 'integer' : type.kind]),
        );
      const found = kinds(draft.columns);
      const differing = Object.entries(kinds(own.columns)).filter(
        ([column, kind]) => found[column] !== undefined && found[column] !== kind,
      );
      // Amounts with their currency are texts, until somebody names the column of the currency.
      expect(
        differing.filter(([column]) => own.columns.find(({ name }) => name === column)!.money === undefined),
      ).toEqual([]);
    },
  );
});
