import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { csvField } from '../../../core/validation/csv.ts';
import { FlatReader } from '../../../core/validation/json-flat.ts';
import { jsonRecordReader } from '../../../core/validation/json-record.ts';
import { Staging } from '../../../core/validation/staging.ts';
import { texts } from './splitting.ts';

const dataset = (drift: Dataset['drift']): Dataset =>
  texts({
    drift,
    columns: [
      ...texts().columns,
      { name: 'd', aliases: ['Preis €'], type: { kind: 'double' }, required: false, pii: false, decimalSeparator: ',' },
    ],
  });

const key = fc.constantFrom('a', 'b', 'c', 'A', 'd', 'Preis €', 'z', 'a\\u0062', '', 'aa', 'y', '名');
const value = fc.oneof(
  fc.constantFrom(
    '""',
    'null',
    'true',
    'false',
    '0',
    '-0',
    '1.50',
    '1e5',
    '-2.5E-3',
    '{}',
    '[1]',
    '"x"',
    '"a,b"',
    '"é€😀"',
  ),
  fc.constantFrom(
    '01',
    '.5',
    '1.',
    '+1',
    'NaN',
    'nul',
    'True',
    '1e',
    "'x'",
    '"\\n"',
    '"\\ud800"',
    '"tab\t"',
    '"q\\"q"',
    '',
    '--1',
  ),
  fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text)),
  fc.double().map((number) => JSON.stringify(number) ?? 'null'),
);
const space = fc.constantFrom('', '', '', '', ' ', '\n', '\t \r\n', '\f', '\u00a0');
const member = fc
  .tuple(space, key, space, space, value, space)
  .map(([s1, name, s2, s3, text, s4]) => `${s1}"${name}"${s2}:${s3}${text}${s4}`);
const object = fc
  .tuple(
    fc.array(member, { maxLength: 5 }),
    fc.constantFrom(',', ',', ',', ',,', ' '),
    fc.constantFrom('}', '}', '}', ',}', ']'),
    space,
  )
  .map(([members, comma, close, end]) => `{${members.join(comma)}${close}${end}`);
/** Sound objects of the same keys, as a file has them one after the other. */
const records = fc.array(object, { minLength: 1, maxLength: 6 });

/** The row that the careful way gives; undefined if it is not one without faults. */
function carefully(text: string, of: Dataset): string | undefined {
  try {
    const record = jsonRecordReader(of)(text);
    if (!record || record.faults.length > 0) return undefined;
    return `1,2,${[...record.fields, record.rescued, ''].map((field) => csvField(field)).join(',')}\n`;
  } catch {
    return undefined;
  }
}

function flatly(reader: FlatReader, text: string): string | undefined {
  const bytes = Buffer.from(`${text}\n`);
  const end = reader.read(bytes, 0);
  if (end !== Buffer.byteLength(text.replace(/[ \t\r\n]+$/, ''))) return undefined;
  let row = '';
  const staging = new Staging((part) => {
    row += Buffer.from(part).toString();
  }, 64);
  reader.stage(staging, 1, 2, bytes, end);
  staging.flush();
  return row;
}

describe('FlatReader', () => {
  it.each(['reject', 'rescue', 'evolve'] as const)(
    'gives the row that careful reading gives, or none, for any text (drift: %s)',
    (drift) => {
      const of = dataset(drift);
      let taken = 0;
      fc.assert(
        fc.property(records, (items) => {
          const reader = new FlatReader(of);
          for (const text of items) {
            const row = flatly(reader, text);

            if (row !== undefined) expect([text, row]).toEqual([text, carefully(text, of)]);
            if (row !== undefined) taken++;
          }
        }),
        { numRuns: 5_000 },
      );
      expect(taken).toBeGreaterThan(100);
    },
  );

  it('takes every plain record: of known keys in any order, spelling and number', () => {
    const reader = new FlatReader(dataset('reject'));

    const rows = ['{"a":"x, y","b":1.50,"c":null}', '{ "B" : true , "A":"é" }', '{"Preis €":-1.5e3}', '{"c":""}'].map(
      (text) => flatly(reader, text),
    );

    expect(rows).toEqual(['1,2,"x, y",1.50,,,,\n', '1,2,é,true,,,,\n', '1,2,,,,"-1,5e3",,\n', '1,2,,,,,,\n']);
  });

  it('takes plain records with unknown keys, and rescues those that have a value, by name', () => {
    const reader = new FlatReader(dataset('rescue'));

    const rows = [
      '{"z":"x, y","a":"1","y":1.50,"x":null,"":"" , "é" : true}',
      '{"z":null,"a":"2","z":null}',
      `{${Array.from({ length: 40 }, (_, index) => `"k${index}":1`).join(',')}}`,
      '{"z":"","a":"3"}',
    ].map((text) => flatly(reader, text));

    expect(rows).toEqual([
      '1,2,1,,,,"{""y"":1.50,""z"":""x, y"",""é"":true}",\n',
      undefined,
      undefined,
      '1,2,3,,,,,\n',
    ]);
  });
});
