import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Column, FileFormat } from '../../../core/contract/dataset.ts';
import { cut, damages, split, stagedRows, texts } from './splitting.ts';

const dialects = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|', ' ', ':', '\x01', '^'),
  quote: fc.constantFrom('"', "'", '`', '~', null),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
  header: fc.boolean(),
  bom: fc.boolean(),
});
type Written = typeof dialects extends fc.Arbitrary<infer T> ? T : never;

const units = ['x', '1', ' ', ',', ';', '|', '"', "'", '\n', '\r', 'é', '€', '😀', '-', '\x1f', '\t', '~'];
const cell = fc.string({ unit: fc.constantFrom(...units), maxLength: 6 });
/** Cells, and whether each is quoted where it need not be. */
const table = fc.array(fc.tuple(fc.array(cell, { minLength: 3, maxLength: 3 }), fc.boolean(), fc.boolean()), {
  minLength: 1,
  maxLength: 10,
});

function write(cells: string[], always: boolean, { delimiter, quote, lineEnd }: Written): string {
  const special = quote === null ? [] : [delimiter, quote, '\n', ...(lineEnd === '\r' ? ['\r'] : [])];
  const asField = (text: string) =>
    quote !== null && (always || special.some((char) => text.includes(char)))
      ? quote + text.replaceAll(quote, quote + quote) + quote
      : text;
  return cells.map(asField).join(delimiter);
}

/** Without quotes a field can hold neither the delimiter nor a line end. */
function possible(text: string, { delimiter, quote, lineEnd }: Written): string {
  const plain = quote === null ? text.replaceAll(delimiter, '').replaceAll('\n', '') : text;
  const isSafe = lineEnd !== '\r' || quote !== null;
  // A CR at the end of a line would be taken for a part of its end.
  return (isSafe ? plain : plain.replaceAll('\r', '')).replace(/\r+$/, '');
}

describe('CsvSplitter', () => {
  it('finds the cells of any table in any dialect, however they are quoted, ended and cut into chunks', () => {
    fc.assert(
      fc.property(table, dialects, cut, (content, dialect, chunks) => {
        const { delimiter, quote, lineEnd, header, bom } = dialect;
        const file: FileFormat = { delimiter, quote, header };
        const rows = content.map(([cells]) => cells.map((text) => possible(text, dialect)));
        const lines = rows.map((cells, index) => write(cells, content[index]![1], dialect));
        const blank = content.map(([, , isBlank]) => (isBlank ? lineEnd : ''));
        const top = header ? ['c', 'a', 'b'].join(delimiter) + lineEnd : `${lineEnd}`;
        const text = (bom ? '\ufeff' : '') + top + lines.map((line, index) => line + lineEnd + blank[index]).join('');

        const outcome = split(text, { dataset: texts({ file }) }, chunks);

        expect(outcome.error).toBeUndefined();
        expect(outcome.damaged).toEqual([]);
        expect(stagedRows(outcome).map((row) => row.slice(2))).toEqual(rows);
        expect(outcome.summary?.dialect.delimiter).toBe(delimiter);
        expect(outcome.summary?.binding?.columns).toEqual(header ? [1, 2, 0] : [0, 1, 2]);
      }),
      { numRuns: 4000 },
    );
  });

  it.each([
    ['a,b,c\n', ','],
    ['a;b;c\n', ';'],
    ['a\tb\tc\n', '\t'],
    ['a|b|c\n', '|'],
    ['"a";"b,x"\n', ';'],
    ['a;"b,c";x,y\n', ';'],
    ['c;b;A,with,commas\n', ';'],
    ['b\n', ','],
    ['\n\r\n"a";"b";"c"\n', ';'],
  ])('finds the delimiter of %j', (header, delimiter) => {
    const { summary, error } = split(`${header}1\n`);

    expect([error, summary?.dialect]).toEqual([undefined, { delimiter, quote: '"' }]);
  });

  it('takes the delimiter of a file without a header that gives as many fields as there are columns', () => {
    const { summary, damaged } = split('1,5;x;y\n2,5;x;y\n', { dataset: texts({ file: { header: false } }) });

    expect([summary?.dialect.delimiter, damaged]).toEqual([';', []]);
  });

  it('reads the fields of a file without a header in the order of the contract, from line 1', () => {
    const outcome = split('1,2,3\n\n4,5\n', { dataset: texts({ file: { header: false } }) });

    expect(stagedRows(outcome)).toEqual([['1', '1', '1', '2', '3']]);
    expect(outcome.damaged).toEqual([
      {
        record: 2,
        line: 3,
        rule: 'too_few_fields',
        value: '2',
        message: 'the row has 2 fields where the contract has 3',
      },
    ]);
  });

  it('refuses a header where the contract says that there is none, and hints at it where one is missing', () => {
    const required = texts({ columns: texts().columns.map((column) => ({ ...column, required: true })) });

    const { error: unexpected } = split('c,b,a\n1,2,3\n', { dataset: texts({ file: { header: false } }) });
    const { error: missing } = split('1,2,3\n4,5,6\n', { dataset: required });

    expect(unexpected).toMatch('the file begins with a header (c, b, a)');
    expect(missing).toMatch('file: { header: false }');
    expect(missing).toMatch('split at commas');
  });

  it('gives up one physical line after a broken quote and resumes on the next', () => {
    const csv = 'a,b,c\n1,"open,x\n2,y,z\n3,"closed"text,z\n4,"multi\nline",z\n5,y,"open';

    const outcome = split(csv);

    expect(outcome.staged).toBe('2,3,2,y,z\n4,5,4,"multi\nline",z\n');
    expect(damages(outcome)).toEqual([
      [1, 2, 'text_after_closing_quote'],
      [3, 4, 'text_after_closing_quote'],
      [5, 7, 'unterminated_quote'],
    ]);
  });

  it('keeps quotes and carriage returns inside unquoted fields as the text they are', () => {
    const outcome = split('a,b,c\n5" pipe, "x" ,lone\rreturn\n');

    expect(stagedRows(outcome)).toEqual([['1', '2', '5" pipe', ' "x" ', 'lone\rreturn']]);
    expect(outcome.summary?.multiline).toBe(true);
  });

  it('takes quotes for text where the contract says that fields are never quoted', () => {
    const outcome = split('a|b|c\n"1|2"|\x1f3\x1f\n"|\r|x\n', {
      dataset: texts({ file: { delimiter: '|', quote: null } }),
    });

    expect(stagedRows(outcome).map((row) => row.slice(2))).toEqual([
      ['"1', '2"', '\x1f3\x1f'],
      ['"', '\r', 'x'],
    ]);
  });

  it('names the encoding that the contract may state when the header is not UTF-8', () => {
    const { error } = split(Buffer.from('a,b\xfc,c\n1,2,3\n', 'latin1'));

    expect(error).toMatch('encoding: windows-1252');
  });

  it('takes a line end in a quoted column name for a space', () => {
    const { summary } = split('a,"b\r\nname",c\n1,2,3\n');

    expect(summary).toMatchObject({
      binding: { extra: [{ index: 1, name: 'b name' }] },
      unknown: ['b name'],
      lines: 3,
    });
  });

  it('gives up an over-long line, or a quoted field that does not end, and nothing else', () => {
    const csv = `a,b,c\n1,${'x'.repeat(100)},z\n2,y,z\n3,"${'line\n'.repeat(3)}${'x'.repeat(100)}",z\n4,y,z\n`;

    const outcome = split(csv, { maxRecord: 50 });

    expect(outcome.staged.split('\n').filter(Boolean)).toEqual(['2,3,2,y,z', '7,8,4,y,z']);
    expect(damages(outcome)).toEqual([
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
    const { summary } = split(csv, {}, { sizes: [16_384], block: 65_536 });

    expect(summary).toMatchObject({ records: 1, sound: 1, multiline: true });
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it('refuses a file in which records without an end are too many to look for, naming the line', () => {
    const outcome = split(`a,b,c\n${'5","\n'.repeat(3_000_000)}`, {}, { sizes: [1 << 20], block: 1 << 20 });

    expect(outcome.error).toMatch(/quoted fields begin on many lines and end on none, the last of them in line \d+/);
  });

  it('refuses a header that can not be one by its size', () => {
    const wide = split(`${','.repeat(20_000)}\n`);
    const long = split(`"${'x'.repeat(2_000_000)}"\n`, {}, { sizes: [1 << 20], block: 1 << 20 });

    expect(wide.error).toMatch('the header has 20001 columns');
    expect(long.error).toMatch('the header has 1 columns in 2000002 bytes');
  });

  it('refuses a header without any column of the contract, even if none is required', () => {
    expect(split('x;y\n1;2\n').error).toMatch('no column of the contract is in the header. The header found is: x;y.');
  });

  it('takes a header without a column that is required with a warning only', () => {
    const [a, b, c] = texts().columns as [Column, Column, Column];
    const dataset = texts({ columns: [a, { ...b, required: true, warnings: ['required'] }, c] });

    const outcome = split('a,c\n1,3\n', { dataset });

    expect(outcome.summary?.binding?.columns).toEqual([0, undefined, 1]);
  });

  it('chooses the delimiter that comes nearest to the contract when a file without a header begins with a broken row', () => {
    const outcome = split('1;2\n1;2;3\n', { dataset: texts({ file: { header: false } }) });

    expect(damages(outcome)).toEqual([[1, 1, 'too_few_fields']]);
    expect(stagedRows(outcome)).toEqual([['2', '2', '1', '2', '3']]);
  });
});
