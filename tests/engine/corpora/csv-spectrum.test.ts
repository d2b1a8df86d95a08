import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { column, DATA, dataset, hasData, validate } from '../validation.ts';

const folder = join(DATA, 'csv-spectrum');
const describeWithData = hasData ? describe : describe.skip;
const namesIn = (kind: string) =>
  readdirSync(join(folder, kind))
    .map((file) => file.replace(/\.\w+$/, ''))
    .sort();

/** A contract whose columns are those of the header, all texts; an empty text is a missing value. */
const ofHeader = (names: string[]) =>
  dataset({
    columns: names.map((name, index) => column(`c${index}`, { kind: 'string' }, { aliases: [name] })),
    key: [],
    history: 'append',
    drift: 'reject',
  });

async function readBack(bytes: Uint8Array, names: string[]) {
  const { rows, rejects, counts } = await validate(bytes, ofHeader(names));
  const objects = rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[`c${index}`] ?? ''])));
  return { objects, rejects, counts };
}

describeWithData(`csv-spectrum (${hasData ? 'found' : `skipped: no data at ${folder}; set TRIBUTARY_DATA`})`, () => {
  const odd = ['newlines_crlf', 'location_coordinates'];
  const names = hasData ? namesIn('csvs') : [];
  const csv = (name: string) => readFileSync(join(folder, 'csvs', `${name}.csv`));
  const json = (name: string) => JSON.parse(readFileSync(join(folder, 'json', `${name}.json`), 'utf8'));

  it('has twelve cases, each with its expected JSON', () => {
    expect(names).toHaveLength(12);
    expect(namesIn('json')).toEqual(names);
  });

  it.each(names.filter((name) => !odd.includes(name)))('%s is read as its JSON says', async (name) => {
    const expected = json(name) as Record<string, string>[];

    const { objects, counts } = await readBack(csv(name), Object.keys(expected[0]!));

    expect(objects).toEqual(expected);
    expect(counts).toEqual({
      in: expected.length,
      accepted: expected.length,
      rejected: 0,
      duplicate: 0,
      superseded: 0,
    });
  });

  it('newlines_crlf, whose file holds LF where its JSON says CRLF: read as it is, and as its JSON says with CRLF', async () => {
    const expected = json('newlines_crlf') as Record<string, string>[];
    const bytes = csv('newlines_crlf');

    const asItIs = await readBack(bytes, ['a', 'b', 'c']);
    const repaired = await readBack(Buffer.from(bytes.toString().replaceAll('\n', '\r\n')), ['a', 'b', 'c']);

    expect(bytes.includes('\r')).toBe(false);
    expect(asItIs.objects).toEqual(json('newlines'));
    expect(repaired.objects).toEqual(expected);
  });

  it('location_coordinates, whose JSON is one object without an array and has another number: read as the CSV says', async () => {
    const expected = json('location_coordinates') as Record<string, string>;

    const { objects, counts } = await readBack(csv('location_coordinates'), Object.keys(expected));

    expect(Array.isArray(expected)).toBe(false);
    expect(objects).toEqual([{ ...expected, 'Contact Phone Number': '2095257564' }]);
    expect(counts).toMatchObject({ in: 1, accepted: 1 });
  });
});
