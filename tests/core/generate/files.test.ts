import { describe, expect, it } from '@jest/globals';
import { readDatasets } from '../../../aws/project-files.ts';
import { type FilesOptions, type GeneratedFile, generateFiles } from '../../../core/generate/files.ts';
import { generators } from '../../../core/generate/registry.ts';

const datasets = readDatasets();
const AT = new Date('2026-03-01T06:00:00Z');
const DAY = 86_400_000;

function generated(name: string, more: Partial<FilesOptions> = {}): GeneratedFile[] {
  return generateFiles(generators[name]!, datasets[name]!, {
    ...{ seed: 'a', rows: 100, files: 1, at: AT, format: 'jsonl', dirty: {} },
    ...{ late: 0, duplicates: 0, outOfOrder: 0, orphans: 0, parents: (parent) => generators[parent]!.rows },
    ...more,
  });
}

type Values = Record<string, string>;
const rowsOf = ({ text }: GeneratedFile): Values[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Values);
const keysOf = (name: string, file: GeneratedFile) => rowsOf(file).map((row) => row[datasets[name]!.key[0]!]!);

describe('generateFiles', () => {
  it.each(Object.keys(generators))(
    'makes the same files of %s for the same options, and others for another seed',
    (name) => {
      const more = { files: 2, dirty: { cut_off: 0.1 }, late: 0.1, duplicates: 0.1, outOfOrder: 0.1, orphans: 0.1 };

      const [first, again, other] = [
        generated(name, more),
        generated(name, more),
        generated(name, { ...more, seed: 'b' }),
      ];

      expect(again).toEqual(first);
      expect(first.map(({ text }) => text)).not.toEqual(other.map(({ text }) => text));
      expect(first.map((file) => file.name)).not.toEqual(other.map((file) => file.name));
    },
  );

  it('makes files of many rows', () => {
    const [file] = generated('hosts', { rows: 200_000, format: 'csv' });

    expect(file!.expected.accepted).toBe(200_000);
  });

  it.each(['orders', 'events', 'transactions', 'bookings'])('repeats no key of %s under another seed', (name) => {
    const known = new Set(keysOf(name, generated(name)[0]!));

    expect(keysOf(name, generated(name, { seed: 'b' })[0]!).filter((key) => known.has(key))).toEqual([]);
  });

  it.each(['customers', 'products', 'hosts', 'properties'])(
    'makes more of %s without changing those there are',
    (name) => {
      const [few, many] = [generated(name)[0]!, generated(name, { rows: 150, files: 3 })[0]!];

      const byKey = new Map(rowsOf(many).map((row) => [row[datasets[name]!.key[0]!], row]));
      expect(new Set(keysOf(name, few)).size).toBe(100);
      expect(
        rowsOf(few).filter((row) => JSON.stringify(byKey.get(row[datasets[name]!.key[0]!])) !== JSON.stringify(row)),
      ).toEqual([]);
    },
  );

  it('sends master data whole once, and then what changed', () => {
    const [first, second, third] = generated('hosts', { files: 3 });

    const known = new Map(rowsOf(first!).map((row) => [row.host_id, row]));
    expect([first, second, third].map((file) => file!.expected.accepted)).toEqual([100, 10, 10]);
    for (const row of [...rowsOf(second!), ...rowsOf(third!)]) {
      expect(row.updated_at! > known.get(row.host_id!)!.updated_at!).toBe(true);
    }
  });

  it.each(
    Object.values(datasets).flatMap(({ name, references }) =>
      references.map((reference) => [name, reference] as const),
    ),
  )('refers in %s to rows that are there, but for orphans: %o', (name, { dataset: parent, column }) => {
    const rows = 40;
    const known = new Set(keysOf(parent, generated(parent, { rows })[0]!));
    const next = new Set(keysOf(parent, generated(parent, { rows: 48 })[0]!));
    const parents = () => rows;

    const strangers = (orphans: number) =>
      rowsOf(generated(name, { rows: 400, orphans, parents })[0]!)
        .map((row) => row[column])
        .filter((key) => key !== null && !known.has(key!));

    expect(strangers(0)).toEqual([]);
    expect(strangers(0.2).length).toBeGreaterThan(10);
    expect(strangers(0.2).filter((key) => !next.has(key!))).toEqual([]);
  });

  it('makes as many orphans as are asked for', () => {
    const [file] = generated('bookings', { orphans: 0.07, parents: () => 50 });

    const orphans = rowsOf(file!).filter((row) => row.property_id! > 'PR-0050');
    expect(orphans).toHaveLength(7);
    expect(file!.planted).toEqual({ orphans: 7 });
  });

  it.each([
    ['orders', 'order_ts'],
    ['events', 'event_ts'],
    ['transactions', 'transaction_ts'],
    ['bookings', 'booked_at'],
    ['online_retail', 'InvoiceDate'],
  ])('makes rows of %s late by two days at least, and the others of the day before', (name, column) => {
    const [file] = generated(name, { late: 0.25 });

    const ages = rowsOf(file!).map(
      (row) => AT.getTime() - Date.parse(`${row[column]!.replace(/Z$/, '').replace(' ', 'T')}Z`),
    );
    expect(ages.filter((age) => age >= 2 * DAY)).toHaveLength(25);
    expect(ages.filter((age) => age > 0 && age <= DAY)).toHaveLength(75);
    expect(Math.max(...ages)).toBeLessThan(32 * DAY);
  });

  it('makes changes of master data late, which are of versions between others', () => {
    const [, changes] = generated('hosts', { files: 2, late: 0.5 });

    const ages = rowsOf(changes!).map((row) => AT.getTime() - Date.parse(row.updated_at!));
    expect([ages.filter((age) => age >= 2 * DAY).length, ages.length]).toEqual([5, 10]);
  });

  it('sends rows again, of the same file and of an earlier one', () => {
    const [first, second] = generated('orders', { files: 2, duplicates: 0.2 });

    const earlier = new Set(rowsOf(first!).map((row) => JSON.stringify(row)));
    const texts = rowsOf(second!).map((row) => JSON.stringify(row));
    expect(texts).toHaveLength(120);
    expect(texts.filter((text) => earlier.has(text)).length).toBeGreaterThanOrEqual(10);
    expect(first!.expected.duplicate).toBeGreaterThan(15);
  });

  it('puts older versions behind newer ones, and files out of order', () => {
    const files = generated('bookings', { files: 6, outOfOrder: 0.2 });

    const times = files.map(({ at }) => at.getTime());
    expect(times).not.toEqual([...times].sort((a, b) => a - b));
    expect(files.map(({ name }) => name)).toEqual([...files.map(({ name }) => name)].sort());
    const newest = new Map<string, string>();
    const behind = files.flatMap(rowsOf).filter((row) => {
      const best = newest.get(row.booking_id!) ?? '';
      if (row.updated_at! > best) newest.set(row.booking_id!, row.updated_at!);
      return row.updated_at! < best;
    });
    expect(behind.length).toBeGreaterThan(60);
  });

  it('changes rows of earlier files, now and then to a tombstone', () => {
    const files = generated('transactions', { files: 4, rows: 400 });

    const seen = new Map<string, string>();
    let changes = 0;
    for (const row of files.flatMap(rowsOf)) {
      const before = seen.get(row.transaction_id!);
      if (before !== undefined) {
        changes++;
        expect(row.updated_at! >= before).toBe(true);
      }
      seen.set(row.transaction_id!, row.updated_at!);
    }
    expect(changes).toBe(240);
    expect(files.flatMap(rowsOf).some((row) => ['yes', '1', 'true'].includes(String(row.is_deleted)))).toBe(true);
  });
});
