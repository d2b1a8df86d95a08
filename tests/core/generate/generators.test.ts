import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readDatasets } from '../../../aws/project-files.ts';
import type { Dataset } from '../../../core/contract/dataset.ts';
import {
  CUT_OFF,
  type FilesOptions,
  type GeneratedFile,
  generateFiles,
  kindsOf,
} from '../../../core/generate/files.ts';
import type { Format } from '../../../core/generate/generator.ts';
import { generators } from '../../../core/generate/registry.ts';
import { RowsRejectedError } from '../../../core/validation/result.ts';
import { seed as SEED } from '../../engine/seed.ts';
import { validate } from '../../engine/validation.ts';

const datasets = readDatasets();
const names = Object.keys(generators);
const AT = new Date('2026-03-01T06:00:00Z');

const options = (more: Partial<FilesOptions> = {}): FilesOptions => ({
  ...{ seed: 'a', rows: 60, files: 1, at: AT, format: 'csv', dirty: {} },
  ...{ late: 0, duplicates: 0, outOfOrder: 0, orphans: 0, parents: (name) => generators[name]!.rows },
  ...more,
});

/** What the real engine makes of a file, whether or not it takes it. */
async function validated(text: string, of: Dataset) {
  try {
    const { counts, reasons } = await validate(text, of);
    return { counts, reasons, refused: false };
  } catch (error) {
    if (!(error instanceof RowsRejectedError)) throw error;
    const { counts, reasons } = error.result;
    return { counts, reasons, refused: true };
  }
}

/** What it must make of it. */
function demanded(dataset: string, { planted, expected, refused }: GeneratedFile, format: Format) {
  const reasons: Record<string, number> = {};
  for (const kind of kindsOf(generators[dataset]!)) {
    if (!planted[kind]) continue;
    const broken = format === 'csv' ? 'too_few_fields' : 'invalid_json';
    const reason = kind === CUT_OFF ? broken : generators[dataset]!.dirt[kind]!.reason;
    reasons[reason] = (reasons[reason] ?? 0) + planted[kind];
  }
  return { counts: expected, reasons, refused };
}

const shares = (dataset: string, share: number) =>
  Object.fromEntries(kindsOf(generators[dataset]!).map((kind) => [kind, share]));

describe('the generators', () => {
  it('are there for every dataset of the project', () => {
    const shipped = ['bookings', 'customers', 'events', 'hosts', 'online_retail', 'orders', 'products', 'properties'];

    expect(names.sort()).toEqual([...shipped, 'transactions']);
    expect(names.filter((name) => datasets[name] === undefined)).toEqual([]);
  });

  it.each(names)('are in the guide with all they make of %s', (name) => {
    const rows = readFileSync('docs/guide/generate.md', 'utf8').split('\n');
    const { kind, rows: count, dirt } = generators[name]!;

    const [, made, shown, parents, kinds] = rows
      .find((row) => row.startsWith(`| \`${name}\``))!
      .split('|')
      .slice(1);

    expect([made!.trim(), Number(shown)]).toEqual([kind === 'master' ? 'master data' : 'facts', count]);
    expect(kinds!.match(/\w+/g)).toEqual(Object.keys(dirt));
    expect(parents!.match(/\w+/g) ?? []).toEqual(datasets[name]!.references.map(({ dataset }) => dataset));
  });

  it.each(names.flatMap((name) => kindsOf(generators[name]!).map((kind) => [name, kind] as const)))(
    'plant in %s rows that are rejected for %s alone',
    async (name, kind) => {
      const [file] = generateFiles(generators[name]!, datasets[name]!, options({ dirty: { [kind]: 0.1 } }));

      const found = await validated(file!.text, datasets[name]!);

      expect(file!.expected).toMatchObject({ accepted: 60, rejected: 6 });
      expect(found).toEqual(demanded(name, file!, 'csv'));
    },
    30_000,
  );

  it.each(
    names.flatMap(
      (name) =>
        [
          [name, 'csv', 'one', 0],
          [name, 'csv', 'two', 0.002],
          [name, 'jsonl', `three ${SEED}`, 0.03],
        ] as const,
    ),
  )(
    'say what validation counts of files of %s as %s with everything at once, by the seed %s with dirt of %d a kind',
    async (name, format, seed, dirt) => {
      const dirty = shares(name, dirt);
      const more = { late: 0.2, duplicates: 0.15, outOfOrder: 0.1, orphans: 0.05 };
      const files = generateFiles(
        generators[name]!,
        datasets[name]!,
        options({ seed, format, rows: 300, files: 2, dirty, ...more }),
      );

      const found = [];
      for (const { text } of files) found.push(await validated(text, datasets[name]!));

      expect(found).toEqual(files.map((file) => demanded(name, file, format)));
      if (dirt !== 0.002) expect(files.some(({ refused }) => refused)).toBe(dirt > 0);
      if (datasets[name]!.key.length > 0) {
        expect(files.some(({ expected }) => expected.duplicate > 0)).toBe(true);
        expect(files.some(({ expected }) => expected.superseded > 0)).toBe(datasets[name]!.history !== 'scd2');
      }
    },
    60_000,
  );
});
