import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CUT_OFF, kindsOf } from '../../core/generate/files.ts';
import { codeOf } from '../../core/generate/random.ts';
import { generators } from '../../core/generate/registry.ts';
import type { RowCounts } from '../../core/ledger/items.ts';
import { type Row, stage, tributary } from './cloud.ts';
import { everyTable, groupBy, query, sum } from './systems.ts';

interface GeneratedFile {
  file: string;
  planted: Record<string, number>;
  expected: RowCounts;
  file_id: string;
  outcome: string;
  counts: RowCounts;
}
interface Booking {
  booking_id: string;
  property_id: string;
  updated_at: string;
}

/** Bookings have a code of the seed in their ids, and properties numbers: PR-0001 on, which no other test has. */
const seed = `generated for ${stage}`;
const at = '2034-04-01';
const ours = `booking_id like 'BK-${codeOf(seed)}-%'`;

/** Makes up files, drops them, and returns what the command says of them beside the files themselves. */
async function generated(dataset: string, ...options: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-generated-'));
  const settled = ['--seed', seed, '--at', at, '--format', 'jsonl', '--out', folder, '--drop'];
  const output = await tributary('--json', 'generate', dataset, ...settled, ...options);
  if (output.code !== 0) throw new Error(`generate ${dataset} ended with ${output.code}: ${output.stderr}`);
  const { files } = JSON.parse(output.stdout) as { files: GeneratedFile[] };
  return { files, lines: files.flatMap(({ file }) => readFileSync(join(folder, file), 'utf8').trim().split('\n')) };
}

/** Rows that are no dirt: those have numbers from 900,000 on, or are cut off in the middle. */
function soundRows<T>(lines: string[], numberOf: (row: T) => number): T[] {
  const whole = lines.filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as T);
  return whole.filter((row) => numberOf(row) < 900_000);
}
const numberIn = (id: string) => Number(id.split('-').at(-1));

/** Rejected rows by rule, as quarantine has them and as they were planted. */
async function expectPlanted(dataset: string, files: GeneratedFile[]): Promise<void> {
  const planted: Record<string, number> = {};
  for (const kind of kindsOf(generators[dataset]!)) {
    const count = sum(files.map((file) => file.planted[kind] ?? 0));
    const reason = kind === CUT_OFF ? 'invalid_json' : generators[dataset]!.dirt[kind]!.reason;
    if (count > 0) planted[reason] = (planted[reason] ?? 0) + count;
  }
  const rows = await query(
    `select column_name as name, rule, count(*) as rows
     from {ops}.quarantine cross join unnest(reasons) as t (column_name, rule, value, message)
     where file_id in (${files.map(({ file_id }) => `'${file_id}'`).join(', ')}) group by column_name, rule`,
  );
  const reasonOf = ({ name, rule }: Row) => (name === null ? String(rule) : `${name}.${rule}`);
  expect(Object.fromEntries(rows.map((row) => [reasonOf(row), row.rows]))).toEqual(planted);
}

describe('bookings and properties that are made up and dropped', () => {
  const some = ['--late', '10%', '--duplicates', '4%', '--out-of-order', '4%'];
  let bookings: Booking[];
  let orphans: string[];
  const files: Record<string, GeneratedFile[]> = { bookings: [], properties: [] };
  const versions = new Set<string>();

  const held = async () =>
    (await query(`select booking_id from {silver}.bookings_held where ${ours} order by 1`)).map(
      (row) => row.booking_id,
    );
  const counted = async () =>
    (await query(`select booking_id from {gold}.fct_bookings where ${ours} order by 1`)).map((row) => row.booking_id);
  const without = (ids: string[]) => bookings.map(({ booking_id }) => booking_id).filter((id) => !ids.includes(id));

  async function dropProperties(kinds: string[], ...options: string[]): Promise<void> {
    const dirty = kinds.map((kind) => `${kind}=1%`).join(',');
    const made = await generated('properties', '--dirty', dirty, ...options);
    files.properties!.push(...made.files);
    const sound = soundRows<Row>(made.lines, ({ property_id }) => numberIn(String(property_id)));
    for (const { property_id, updated_at } of sound) versions.add(`${property_id} ${String(updated_at).slice(0, 19)}`);
  }

  it('wait all, in their newest versions, while there is no property', async () => {
    await everyTable();
    const amount = ['--rows', '250', '--files', '3', '--dirty', '2%', '--orphans', '10%'];
    const made = await generated('bookings', ...amount, ...some);
    files.bookings = made.files;
    const sound = soundRows<Booking>(made.lines, ({ booking_id }) => numberIn(booking_id));
    bookings = [...groupBy(sound, ({ booking_id }) => booking_id)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, group]) => group.reduce((best, row) => (row.updated_at > best.updated_at ? row : best)));
    orphans = bookings.filter(({ property_id }) => numberIn(property_id) > 100).map(({ booking_id }) => booking_id);

    const rows = await query(
      `select booking_id, property_id, cast(updated_at as varchar) as updated_at from {silver}.bookings
       where ${ours} order by 1`,
    );

    expect(
      rows.map((row) => ({ ...row, updated_at: `${String(row.updated_at).slice(0, 19).replace(' ', 'T')}Z` })),
    ).toEqual(bookings.map(({ booking_id, property_id, updated_at }) => ({ booking_id, property_id, updated_at })));
    expect(await held()).toEqual(without([]));
    expect(await counted()).toEqual([]);
  });

  it('count when the properties come, but for those whose property is still not there', async () => {
    const kinds = kindsOf(generators.properties!);
    await dropProperties(kinds.slice(0, 3), '--files', '2', ...some);
    await dropProperties(kinds.slice(3, 6));

    const [waiting, counting] = [await held(), await counted()];

    expect(orphans).toHaveLength(sum(files.bookings!.map(({ planted }) => planted.orphans ?? 0)));
    expect(orphans.length).toBeGreaterThan(30);
    expect(waiting).toEqual(orphans);
    expect(counting).toEqual(without(orphans));

    await dropProperties(kinds.slice(6), '--rows', '120');

    expect(await held()).toEqual([]);
    expect(await counted()).toEqual(without([]));
  });

  it.each(['bookings', 'properties'])('are counted as they were planted, of %s every kind of dirt', async (dataset) => {
    const all = files[dataset]!;

    expect(all.map(({ outcome, counts }) => [outcome, counts])).toEqual(all.map(({ expected }) => ['done', expected]));
    const planted = (kind: string) => sum(all.map((file) => file.planted[kind] ?? 0));
    const kinds = [...kindsOf(generators[dataset]!), 'late', 'duplicates', 'out_of_order'];
    expect(kinds.filter((kind) => planted(kind) === 0)).toEqual([]);
    await expectPlanted(dataset, all);
  });

  it('leave every version of a property in its history, once', async () => {
    const rows = await query(
      `select property_id, cast(updated_at as varchar) as updated_at from {silver}.properties where property_id like 'PR-0%'`,
    );

    expect(
      rows.map((row) => `${row.property_id} ${String(row.updated_at).slice(0, 19).replace(' ', 'T')}`).sort(),
    ).toEqual([...versions].sort());
    expect(versions.size).toBeGreaterThan(120);
  });
});

describe('a file with more dirt than its contract takes', () => {
  it('is made as such, and its refusal is what must come out', async () => {
    const options = ['--rows', '50', '--dirty', '20%', '--seed', seed, '--at', at, '--drop'];

    const { code, stdout, stderr } = await tributary('generate', 'orders', ...options);

    expect(`${stdout}${stderr}`).toMatch(/more than 5 % of its rows are bad: the file will be refused/);
    expect(`${stdout}${stderr}`).toMatch(/all counts are as planted/);
    expect(code).toBe(0);
  });
});
