import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Dataset } from '../../../core/contract/dataset.ts';
import { csvFields } from '../../../core/validation/csv.ts';
import type { DamagedRecord } from '../../../core/validation/reasons.ts';
import type { Format } from '../../../core/validation/recognise.ts';
import { type SplitSummary, Splitter } from '../../../core/validation/splitter.ts';

const dataset: Dataset = {
  name: 'things',
  version: '1.0.0',
  description: '',
  owner: '',
  columns: ['a', 'b', 'c'].map((name) => ({
    name,
    aliases: [],
    type: { kind: 'string' },
    required: false,
    pii: false,
  })),
  key: ['a'],
  versionColumns: [],
  history: 'latest',
  drift: 'rescue',
  file: {},
  rowRules: [],
  gates: [],
  maxRejectPercent: 100,
  alarmRejectPercent: 100,
};

interface Outcome {
  summary?: SplitSummary;
  error?: string;
  /** Staged text, cut into records by their fields: record, line, values. */
  staged: string;
  damaged: DamagedRecord[];
  begins: number[];
}

interface Cut {
  /** Sizes of the chunks, in turn. */
  sizes: number[];
  block: number;
  maxRecord?: number;
  format?: Format;
}

const WHOLE: Cut = { sizes: [4096], block: 4096 };

function split(bytes: Uint8Array, { sizes, block, maxRecord, format = 'csv' }: Cut): Outcome {
  const outcome: Outcome = { staged: '', damaged: [], begins: [] };
  const output = {
    sound: (part: Uint8Array) => {
      outcome.staged += Buffer.from(part).toString('latin1');
    },
    damaged: (record: DamagedRecord) => outcome.damaged.push(record),
    begins: (offset: number) => outcome.begins.push(offset),
  };
  const splitter = new Splitter({ format, dataset, output, block, ...(maxRecord && { maxRecord }) });
  try {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = sizes[turn % sizes.length]!;
      splitter.write(bytes.subarray(at, at + size));
      at += size;
    }
    outcome.summary = splitter.end();
  } catch (error) {
    outcome.error = (error as Error).message;
  }
  return outcome;
}

const cell = fc.string({
  unit: fc.constantFrom('x', '1', ' ', ',', '"', '\n', '\r', 'é', '€', '😀', '-'),
  maxLength: 6,
});
const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
/** Quoted where it must be, and sometimes where it need not. */
const written = fc
  .tuple(cell, fc.boolean())
  .map(([text, always]) => ({ text, csv: always || /[",\r\n]/.test(text) ? quote(text) : text }));
const table = fc.record({
  rows: fc.array(fc.tuple(fc.array(written, { minLength: 3, maxLength: 3 }), fc.constantFrom('\n', '\r\n', '\n\n')), {
    minLength: 1,
    maxLength: 12,
  }),
  bom: fc.boolean(),
});
const csvOf = ({ rows, bom }: typeof table extends fc.Arbitrary<infer T> ? T : never) =>
  `${bom ? '\ufeff' : ''}a,b,c\r\n${rows.map(([cells, end]) => cells.map(({ csv }) => csv).join(',') + end).join('')}`;
const cut: fc.Arbitrary<Cut> = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
  block: fc.integer({ min: 1, max: 20 }),
});

/** Hostile bytes: what matters to the splitter, and some that do not. */
const hostile = fc
  .array(
    fc.constantFrom(
      'a',
      '1',
      ',',
      ',',
      '"',
      '"',
      '\n',
      '\n',
      '\r',
      '\r\n',
      '\0',
      '\xff',
      '\xc3',
      '\xc3\xa9',
      ' ',
      '{',
      '}',
      ':',
      '\\',
    ),
    {
      maxLength: 80,
    },
  )
  .map((parts) => Buffer.from(parts.join(''), 'latin1'));

describe('Splitter', () => {
  it('finds the cells of any table, however they are quoted, ended and cut into chunks', () => {
    fc.assert(
      fc.property(table, cut, (content, chunks) => {
        const outcome = split(Buffer.from(csvOf(content)), chunks);

        const staged = Buffer.from(outcome.staged, 'latin1').toString();
        const rows = content.rows.map(([cells]) => cells.map(({ text }) => text));
        expect(outcome.damaged).toEqual([]);
        expect(parse(staged).map((row) => row.slice(2))).toEqual(rows);
        expect(outcome.summary).toMatchObject({ records: rows.length, sound: rows.length, damaged: 0 });
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['csv', 'jsonl'] as const)(
    'gives the same outcome for hostile %s however it is cut into chunks',
    (format) => {
      fc.assert(
        fc.property(hostile, cut, fc.integer({ min: 1, max: 30 }), (bytes, chunks, maxRecord) => {
          const input = format === 'csv' ? Buffer.concat([Buffer.from('a,b,c\n'), bytes]) : bytes;
          const limit = Math.max(maxRecord, format === 'csv' ? 6 : 1);

          const whole = split(input, { ...WHOLE, maxRecord: limit, format });
          const cutUp = split(input, { ...chunks, maxRecord: limit, format });

          expect(cutUp).toEqual(whole);
        }),
        { numRuns: 5_000 },
      );
    },
  );

  it.each(['csv', 'jsonl'] as const)('accounts for every record of hostile %s, each with its place', (format) => {
    fc.assert(
      fc.property(hostile, cut, (bytes, chunks) => {
        const input = format === 'csv' ? Buffer.concat([Buffer.from('a,b,c\n'), bytes]) : bytes;

        const { summary, error, staged, damaged, begins } = split(input, { ...chunks, format });

        if (!summary) return expect(error).toMatch(/the file has (a header but no rows|no records)/);
        const sound = parse(Buffer.from(staged, 'latin1').toString());
        const numbers = [...sound.map(([record]) => Number(record)), ...damaged.map(({ record }) => record)];
        expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: summary.records }, (_, index) => index + 1));
        expect(summary).toMatchObject({ sound: sound.length, damaged: damaged.length });
        expect(begins).toHaveLength(summary.records + 1);
        expect(begins.at(-1)).toBe(input.length);
        const lines = [
          ...sound.map(([record, line]) => [Number(record), Number(line)]),
          ...damaged.map(({ record, line }) => [record, line]),
        ];
        for (const [record, line] of lines) expect(lineAt(input, begins[record! - 1]!)).toBe(line);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives up one physical line after a broken quote and resumes on the next', () => {
    const csv = 'a,b,c\n1,"open,x\n2,y,z\n3,"closed"text,z\n4,"multi\nline",z\n5,y,"open';

    const { staged, damaged } = split(Buffer.from(csv), WHOLE);

    expect(staged).toBe('2,3,2,y,z\n4,5,4,"multi\nline",z\n');
    expect(damaged.map(({ record, line, rule }) => [record, line, rule])).toEqual([
      [1, 2, 'text_after_closing_quote'],
      [3, 4, 'text_after_closing_quote'],
      [5, 7, 'unterminated_quote'],
    ]);
  });

  it('keeps quotes and carriage returns inside unquoted fields as the text they are', () => {
    const { staged } = split(Buffer.from('a,b,c\n5" pipe, "x" ,lone\rreturn\n'), WHOLE);

    expect(csvFields(staged.trimEnd())).toEqual(['1', '2', '5" pipe', ' "x" ', 'lone\rreturn']);
  });

  it('gives up an over-long line, or a quoted field that does not end, and nothing else', () => {
    const csv = `a,b,c\n1,${'x'.repeat(100)},z\n2,y,z\n3,"${'line\n'.repeat(3)}${'x'.repeat(100)}",z\n4,y,z\n`;

    const { staged, damaged } = split(Buffer.from(csv), { ...WHOLE, maxRecord: 50 });

    expect(staged.split('\n').filter(Boolean)).toEqual(['2,3,2,y,z', '7,8,4,y,z']);
    expect(damaged.map(({ record, line, rule }) => [record, line, rule])).toEqual([
      [1, 2, 'record_too_long'],
      [3, 4, 'unterminated_quote'],
      [4, 5, 'too_few_fields'],
      [5, 6, 'too_few_fields'],
      [6, 7, 'record_too_long'],
    ]);
  });

  it('reads a large record in reasonable time when it comes in small chunks', () => {
    const csv = Buffer.from(`a,b,c\n1,"${'text,\n'.repeat(500_000)}",z\n`);

    const started = performance.now();
    const { summary } = split(csv, { sizes: [16_384], block: 65_536 });

    expect(summary).toMatchObject({ records: 1, sound: 1, multiline: true });
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

/** Records of strict CSV. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let record = '';
  for (const line of text.split('\n').slice(0, -1)) {
    record += record ? `\n${line}` : line;
    if ((record.match(/"/g)?.length ?? 0) % 2 === 0) {
      rows.push(csvFields(record));
      record = '';
    }
  }
  return rows;
}

const lineAt = (bytes: Buffer, offset: number) => bytes.subarray(0, offset).toString('latin1').split('\n').length;
