import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FileFormat } from '../../../core/contract/dataset.ts';
import type { TextFormat } from '../../../core/validation/recognise.ts';
import { seeded } from '../../engine/seed.ts';
import { cut, damages, split, stagedRows, texts } from './splitting.ts';

/** What matters to the splitters, and some that does not. */
const pieces = (more: string[]) =>
  fc
    .array(
      fc.constantFrom(
        ...['a', '1', ',', ',', '"', '"', '\n', '\n', '\r', '\r\n', '\0', '\xff', '\xc3', '\xc3\xa9', ' ', '\\'],
        ...more,
      ),
      { maxLength: 80 },
    )
    .map((parts) => Buffer.from(parts.join(''), 'latin1'));

const csvPieces = pieces([';', "'", '\x1f']);
const jsonPieces = pieces(
  ['{', '}', ':', '[', ']', '{"a":1}', '{"a":1},\n', '\n{"b":"x"},', '\n  {\n"a":', '"b":', '{"z":2}'].flatMap(
    (piece) => [piece, piece],
  ),
);

const dialects: FileFormat[] = [{}, { quote: null }, { delimiter: ';', quote: "'" }, { header: false }];

interface Case {
  name: string;
  format: TextFormat;
  file: FileFormat;
  begin: string;
  hostile: fc.Arbitrary<Buffer>;
}

const cases: Case[] = [
  ...dialects.flatMap((file) =>
    ['\n', '\r', ''].map((end) => ({
      name: `CSV ${JSON.stringify(file)} after ${JSON.stringify(end)}`,
      format: 'csv' as const,
      file,
      begin: file.header === false || end === '' ? end : ['a', 'b', 'c'].join(file.delimiter ?? ',') + end,
      hostile: csvPieces,
    })),
  ),
  ...['', '\r'].map((begin) => ({
    name: `JSON lines after ${JSON.stringify(begin)}`,
    format: 'jsonl' as const,
    file: {},
    begin,
    hostile: jsonPieces,
  })),
  ...['[', '[\n', '[\r', '[\n{"a":0},\n', '[\n  {"a":0},\n  '].map((begin) => ({
    name: `JSON array after ${JSON.stringify(begin)}`,
    format: 'json' as const,
    file: {},
    begin,
    hostile: jsonPieces,
  })),
];

seeded('splitter');

describe('a splitter', () => {
  it.each(cases)(
    'gives the same outcome for hostile $name however it is cut into chunks',
    ({ format, file, begin, hostile }) => {
      const dataset = texts({ file });
      fc.assert(
        fc.property(hostile, cut, fc.integer({ min: 1, max: 30 }), (bytes, chunks, maxRecord) => {
          const input = Buffer.concat([Buffer.from(begin), bytes]);
          const what = { format, dataset, maxRecord: Math.max(maxRecord, format === 'csv' ? 6 : 1) };

          const whole = split(input, what);
          const cutUp = split(input, what, chunks);

          expect(cutUp).toEqual(whole);
        }),
        { numRuns: 2_000 },
      );
    },
  );

  it.each(cases)(
    'accounts for every record of hostile $name, each with its place',
    ({ format, file, begin, hostile }) => {
      fc.assert(
        fc.property(hostile, cut, (bytes, chunks) => {
          const input = Buffer.concat([Buffer.from(begin), bytes]);

          const outcome = split(input, { format, dataset: texts({ file }) }, chunks);

          const { summary, error, begins, damaged } = outcome;
          if (!summary) {
            expect(error).toMatch(/\w{3}/);
            return;
          }
          const places = [
            ...stagedRows(outcome).map(([record, line]) => [Number(record), Number(line)] as const),
            ...damaged.map(({ record, line }) => [record, line] as const),
          ];
          const count = Array.from({ length: summary.records }, (_, index) => index + 1);
          expect(places.map(([record]) => record).sort((a, b) => a - b)).toEqual(count);
          expect(summary.sound + summary.damaged).toBe(summary.records);
          expect(begins).toHaveLength(summary.records + 1);
          if (format !== 'json') expect(begins.at(-1)).toBe(input.length);
          const lineAt = lineCounter(input, format, file);
          for (const [record, line] of places) expect(line).toBe(lineAt(begins[record - 1]!));
        }),
        { numRuns: 1_000 },
      );
    },
  );

  it('says what a file without records lacks', () => {
    expect(split('a,b,c\n').error).toMatch('a header but no rows');
    expect(split('\n\n').error).toMatch('neither a header nor rows');
    expect(split('\n', { dataset: texts({ file: { header: false } }) }).error).toMatch('no records');
    expect(split('[ ]\n', { format: 'json' }).error).toMatch('no records');
    expect(split('\n', { format: 'jsonl' }).error).toMatch('no records');
  });

  it('counts the lines of a file that ends them in CR alone, and takes CRLF there as one', () => {
    const outcome = split('a,b,c\r1,"x\r\ny\rz",\r\n\r2,,\r3,,,\r', {});

    expect(stagedRows(outcome)).toEqual([
      ['1', '2', '1', 'x\r\ny\rz', ''],
      ['2', '6', '2', '', ''],
    ]);
    expect(damages(outcome)).toEqual([[3, 7, 'too_many_fields']]);
  });

  it('takes CRLF behind an array for one line end when it comes in two pieces', () => {
    const what = { format: 'json' as const };

    const whole = split('[\r]\r\na', what);
    const cutUp = split('[\r]\r\na', what, { sizes: [1], block: 1 });

    expect(whole.error).toMatch('text follows the end of the array, after 0 records, in line 3');
    expect(cutUp.error).toBe(whole.error);
  });

  it('does not take doubled quotes in a field without quotes for an open one', () => {
    const outcome = split('"x\ry",a"",1\n2,,\n', { dataset: texts({ file: { header: false } }) });

    expect(stagedRows(outcome)).toEqual([
      ['1', '1', 'x\ry', 'a""', '1'],
      ['2', '2', '2', '', ''],
    ]);
  });

  it('does not take a line end inside of a closed field for that of the file, though a later field never closes', () => {
    const outcome = split('"x\ry",1,"open\n2,,\n', { dataset: texts({ file: { header: false } }) });

    expect(damages(outcome)).toEqual([[1, 1, 'unterminated_quote']]);
    expect(stagedRows(outcome)).toEqual([['2', '2', '2', '', '']]);
  });
});

/** Counts lines the slow way: by what ends the first of them. */
function lineCounter(input: Buffer, format: TextFormat, file: FileFormat): (offset: number) => number {
  const endsInCr = firstEnd(input.toString('latin1'), format, file) === '\r';
  const end = endsInCr ? /\r\n|\r|\n/g : /\n/g;
  return (offset) => 1 + (input.subarray(0, offset).toString('latin1').match(end)?.length ?? 0);
}

function firstEnd(text: string, format: TextFormat, { delimiter, quote = '"' }: FileFormat): string | undefined {
  let visible = text;
  if (format === 'csv' && quote !== null) {
    const opening = `(^|[${delimiter ?? ',;\\t|'}])${quote}(?:[^${quote}]|${quote}${quote})*${quote}(?!${quote})`;
    // One at a time, since what follows a closed quote decides what the next one means.
    for (let at = 0; ; ) {
      const plain = /[\r\n]/.exec(visible.slice(at))?.index ?? Number.POSITIVE_INFINITY;
      const found = new RegExp(opening).exec(visible.slice(at));
      if (!found || found.index > plain || (found[1] === '' && at > 0)) break;
      const from = at + found.index + found[1]!.length;
      visible =
        visible.slice(0, from) +
        '_'.repeat(found[0].length - found[1]!.length) +
        visible.slice(at + found.index + found[0].length);
      at = from;
    }
  }
  return /\r\n|\r|\n/.exec(visible)?.[0];
}
