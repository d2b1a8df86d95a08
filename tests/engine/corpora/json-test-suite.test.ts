import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { FileRejectedError } from '../../../core/errors.ts';
import { type Split, split, workFolder } from '../splitting.ts';
import { column, DATA, dataset, hasData, validate } from '../validation.ts';

const folder = join(DATA, 'json-test-suite');
const describeWithData = hasData ? describe : describe.skip;

/** What JSON a strict reader takes, judged by one that is not ours; undefined: it takes none. */
function strictly(bytes: Uint8Array): { value: unknown } | undefined {
  if (!isUtf8(bytes)) return undefined;
  try {
    return { value: JSON.parse(Buffer.from(bytes).toString()) };
  } catch {
    return undefined;
  }
}

/** Takes objects with any keys: what the contract does not know is rescued. */
const anything = dataset({ columns: [column('id', { kind: 'string' })], key: [], history: 'append' });
const keyed = dataset({
  columns: [column('id', { kind: 'string' }, { required: true })],
  key: [],
  history: 'append',
});

/** What became of a file, or the error that refuses it whole. Anything else is a crash, and fails the test. */
async function orRefused<T>(action: Promise<T>): Promise<T | FileRejectedError> {
  return action.catch((error) => {
    if (error instanceof FileRejectedError) return error;
    throw error;
  });
}
const work = workFolder();
afterAll(() => work.remove());
const splitOf = (bytes: Uint8Array, of: Dataset) => orRefused(split([bytes], of, work.path));

const rescued = ({ meta_rescued }: Record<string, unknown>): unknown =>
  meta_rescued === null ? {} : JSON.parse(meta_rescued as string);
/** Null and the empty text are missing values, and a missing value is not rescued. */
const kept = (value: unknown): unknown => (value === null || value === '' ? {} : { v: value });

const record = (id: number, document: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`{"id":"${id}","v":`), document, Buffer.from('}')]);
const joined = (records: Buffer[], between: string): Buffer =>
  Buffer.concat(records.flatMap((one, index) => (index === 0 ? [one] : [Buffer.from(between), one])));

/**
 * JSON that is sound and still no table: a scalar by itself is read as a CSV header that fits no contract, an empty
 * array has no rows, and one object over several lines is not JSON lines (within an array it is taken, see below).
 */
const UNLIKE_A_TABLE: Record<string, string> = {
  'y_array_empty.json': 'no records',
  'y_object_with_newlines.json': 'one JSON object over several lines',
  'y_string_space.json': 'no column of the contract is in the header',
  'y_structure_lonely_false.json': 'no column of the contract is in the header',
  'y_structure_lonely_int.json': 'no column of the contract is in the header',
  'y_structure_lonely_negative_real.json': 'no column of the contract is in the header',
  'y_structure_lonely_null.json': 'no column of the contract is in the header',
  'y_structure_lonely_string.json': 'no column of the contract is in the header',
  'y_structure_lonely_true.json': 'no column of the contract is in the header',
  'y_structure_string_empty.json': 'no column of the contract is in the header',
  'y_structure_whitespace_array.json': 'no records',
};

describeWithData(`JSONTestSuite (${hasData ? 'found' : `skipped: no data at ${folder}; set TRIBUTARY_DATA`})`, () => {
  const files = (hasData ? readdirSync(folder) : [])
    .filter((file) => /^[yni]_.*\.json$/.test(file))
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(folder, name));
      return { name, bytes, judged: strictly(bytes) };
    });
  const named = (kind: string) => files.filter(({ name }) => name.startsWith(kind));

  it('has its three kinds of files, and the judge agrees with their names', () => {
    expect(files.length).toBe(318);
    expect([named('y_').length, named('n_').length, named('i_').length]).toEqual([95, 188, 35]);
    expect(named('y_').filter(({ judged }) => !judged)).toEqual([]);
    expect(named('n_').filter(({ judged }) => judged)).toEqual([]);
    expect(named('n_').filter(({ bytes }) => strictly(record(1, bytes)))).toEqual([]);
  });

  it('is read as the judge says where its files are values in JSON lines, each line by itself', async () => {
    const lines = files.filter(({ bytes }) => !bytes.includes('\n'));

    const { rows, rejects, counts } = await validate(
      joined(
        lines.map(({ bytes }, index) => record(index, bytes)),
        '\n',
      ),
      keyed,
    );

    const sound = lines.flatMap(({ judged }, index) =>
      judged ? [{ id: String(index), value: kept(judged.value) }] : [],
    );
    const broken = lines.flatMap(({ bytes, judged }, index) => {
      const rule = isUtf8(bytes) ? (bytes.includes(0) ? 'nul_byte' : 'invalid_json') : 'invalid_utf8';
      return judged ? [] : [{ record: index + 1, rules: [rule] }];
    });
    expect(counts).toMatchObject({ in: lines.length, accepted: sound.length, rejected: broken.length });
    expect(rows.map((row) => ({ id: row.id, value: rescued(row) }))).toEqual(sound);
    expect(rejects.map(({ record, reasons }) => ({ record, rules: reasons.map(({ rule }) => rule) }))).toEqual(broken);
  });

  it('is accepted where its sound files are values in a JSON array, of several lines or one', async () => {
    const sound = files.filter(({ judged }) => judged);

    const { rows, counts } = await validate(
      Buffer.concat([
        Buffer.from('['),
        joined(
          sound.map(({ bytes }, index) => record(index, bytes)),
          ',',
        ),
        Buffer.from(']'),
      ]),
      keyed,
    );

    expect(counts).toMatchObject({ in: sound.length, accepted: sound.length });
    expect(rows.map(rescued)).toEqual(sound.map(({ judged }) => kept(judged!.value)));
  });

  it.each(files.filter(({ judged }) => !judged))(
    '$name admits nothing as a value in a JSON array',
    async ({ bytes }) => {
      const array = Buffer.concat([Buffer.from('['), record(1, bytes), Buffer.from(']')]);

      const found = await splitOf(array, keyed);

      if (!(found instanceof FileRejectedError)) {
        expect(found.sound).toEqual([]);
        expect(found.damaged.length).toBe(found.summary.records);
      }
    },
  );

  it.each(named('y_').filter(({ name }) => !(name in UNLIKE_A_TABLE)))(
    '$name, dropped as it is, is understood as JSON',
    async ({ bytes, judged }) => {
      const elements = Array.isArray(judged!.value) ? judged!.value : [judged!.value];
      const isObject = (element: unknown) => element !== null && typeof element === 'object' && !Array.isArray(element);

      const { summary, sound, damaged } = (await splitOf(bytes, anything)) as Split;

      expect(summary.records).toBe(elements.length);
      expect(sound.map((row) => row.record)).toEqual(
        elements.flatMap((one, index) => (isObject(one) ? [index + 1] : [])),
      );
      expect(new Set(damaged.map(({ rule }) => rule))).toEqual(
        new Set(elements.every(isObject) ? [] : ['not_an_object']),
      );
    },
  );

  it.each(Object.entries(UNLIKE_A_TABLE))('%s, dropped as it is, is refused: %s', async (name, reason) => {
    const found = (await splitOf(files.find((file) => file.name === name)!.bytes, anything)) as FileRejectedError;

    expect(found.message).toContain(reason);
  });

  it.each(named('n_'))('$name, dropped as it is, admits nothing', async ({ bytes }) => {
    const found = await splitOf(bytes, anything);

    expect(found instanceof FileRejectedError ? [] : found.sound).toEqual([]);
  });

  it.each(named('i_'))('$name, dropped as it is, does not crash', async ({ bytes }) => {
    const found = await splitOf(bytes, anything);

    if (found instanceof FileRejectedError) expect(found.message).not.toBe('');
    else expect(found.sound.length + found.damaged.length).toBe(found.summary.records);
  });
});
