import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Dataset, FileFormat } from '../../../core/contract/dataset.ts';
import { column, DATA, dataset, hasData, query, validate } from '../validation.ts';

const folder = join(DATA, 'blns');

/** Hostile strings of our own, for where the list is not there: what breaks CSV, JSON, SQL and regular expressions. */
const OWN = [
  '',
  ' ',
  '""',
  '"',
  "'",
  "''; DROP TABLE x; --",
  '\\',
  '\\N',
  'NULL',
  'a,b;c\td|e',
  'a\nb\r\nc\rd',
  '=1+1',
  '#x',
  '\ufeff',
  '\u202e',
  '😀',
  'é',
  'é',
  '{"a":1}',
  '[',
  '\u0001\u0002',
  '\u0001\u0002null',
  '%s',
  '{x}',
  '__proto__',
  'constructor',
  'toString',
];
const LISTS: [name: string, strings: string[]][] = [['our own naughty strings', OWN]];
if (hasData) {
  LISTS.push(['the Big List of Naughty Strings', JSON.parse(readFileSync(join(folder, 'blns.json'), 'utf8'))]);
} else {
  describe.skip(`the Big List of Naughty Strings (skipped: no data at ${folder}; set TRIBUTARY_DATA)`, () => {
    it('round-trips', () => undefined);
  });
}

const quoted = (text: string, quote = '"'): string => `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;
/** DuckDB's client drops a U+FEFF at the start of a text. */
const clientShows = (text: string): string | null => (text === '' ? null : text.replace(/^\ufeff/, ''));

const hex = (text: string): string => Buffer.from(text).toString('hex').toUpperCase();

/** The UTF-8 bytes of a column of the accepted rows. */
async function acceptedBytes(name: string, content: string, of: Dataset): Promise<unknown[]> {
  const workDir = await mkdtemp(join(tmpdir(), 'tributary-test-'));
  try {
    const { acceptedPaths } = await validate(content, of, { workDir });
    const paths = acceptedPaths.map((path) => `'${path}'`).join(', ');
    const rows = await query(`SELECT hex(${name}) AS bytes FROM read_parquet([${paths}]) ORDER BY meta_record`);
    return rows.map(({ bytes }) => bytes);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

interface Writer {
  name: string;
  file: FileFormat;
  record(header: string[], cells: string[]): string;
  table(header: string[], records: string[]): string;
}

const csv = (delimiter: string, quote: string, end: string, file: FileFormat = {}): Writer => {
  const record = (cells: string[]) => cells.map((cell) => quoted(cell, quote)).join(delimiter);
  return {
    name: `CSV with ${JSON.stringify(delimiter)}, ${quote} and ${JSON.stringify(end)}`,
    file,
    record: (_, cells) => record(cells),
    table: (header, records) => [record(header), ...records].join(end),
  };
};

const json = (name: string, begin: string, between: string, end: string): Writer => ({
  name,
  file: {},
  record: (header, cells) =>
    `{${cells.map((cell, index) => `${JSON.stringify(header[index])}:${JSON.stringify(cell)}`).join()}}`,
  table: (_, records) => `${begin}${records.join(between)}${end}`,
});

const WRITERS: Writer[] = [
  csv(',', '"', '\n'),
  csv(',', '"', '\r\n'),
  csv(';', '"', '\n'),
  csv('\t', '"', '\r\n'),
  csv('|', '"', '\n'),
  csv(',', "'", '\n', { quote: "'" }),
  csv('~', "'", '\r\n', { delimiter: '~', quote: "'" }),
  json('JSON lines', '', '\n', ''),
  json('a JSON array', '[\n', ',\n', '\n]'),
];

/** Those that a header can hold: white space counts as one space, no control characters, told apart without regard to case. */
function headerNames(strings: string[]): string[] {
  const trimmed = strings.map((text) => text.replace(/\s+/g, ' ').trim());
  const names = new Map(trimmed.map((text) => [text.toLowerCase(), text]));
  for (const taken of ['', 'id', 'amount', 'note']) names.delete(taken);
  return [...names.values()].filter((name) => !/\p{Cc}/u.test(name));
}

describe.each(LISTS)('%s', (_, strings) => {
  const names = headerNames(strings);
  const values = names.map((_, index) => `v${index}`);

  describe.each(WRITERS)('in $name', (writer) => {
    const { file } = writer;
    const write = (header: string[], rows: string[][]) =>
      writer.table(
        header,
        rows.map((cells) => writer.record(header, cells)),
      );
    const numbered = strings.map((text, index) => [`k${index}`, text]);

    it('round-trip as values, byte for byte', async () => {
      const written = await acceptedBytes('note', write(['id', 'note'], numbered), dataset({ file }));

      expect(written).toEqual(strings.map((text) => (text === '' ? null : hex(text))));
    });

    it('round-trip as keys, byte for byte: each is one row, and a repeat is a duplicate', async () => {
      const keys = strings.filter(Boolean).map((text) => [text, 'x']);
      const distinct = new Set(strings.filter(Boolean).map(hex));
      const content = write(['id', 'note'], keys);

      const written = await acceptedBytes('id', content, dataset({ file }));
      const { counts } = await validate(content, dataset({ file }));

      expect(new Set(written)).toEqual(distinct);
      expect(counts).toEqual({
        in: keys.length,
        accepted: distinct.size,
        rejected: 0,
        duplicate: keys.length - distinct.size,
        superseded: 0,
      });
    });

    it('round-trip as names of columns that the contract does not know', async () => {
      const { rows } = await validate(write(['id', ...names], [['a', ...values]]), dataset({ file }));

      const rescued: object = JSON.parse(rows[0]!.meta_rescued as string);
      expect(new Map(Object.entries(rescued))).toEqual(new Map(names.map((name, index) => [name, values[index]!])));
    });

    it('round-trip as names of columns that it knows', async () => {
      const columns = names.map((name, index) => column(`c${index}`, { kind: 'string' }, { aliases: [name] }));
      const of = dataset({ file, columns, key: [], history: 'append', drift: 'reject' });

      const { rows } = await validate(write(names, [values]), of);

      expect(columns.map(({ name }) => rows[0]![name])).toEqual(values);
    });

    it('are shown as they are when they are rejected', async () => {
      const columns = [
        column('id', { kind: 'string' }, { required: true }),
        column('note', { kind: 'string' }, { required: true, enum: ['none of these strings'] }),
      ];

      const { rows, rejects } = await validate(write(['id', 'note'], numbered), dataset({ file, columns }));

      expect(rows).toEqual([]);
      expect(rejects.map(({ reasons }) => reasons[0]!.value)).toEqual(strings.map(clientShows));
      expect(rejects.map(({ raw }) => raw)).toEqual(numbered.map((cells) => writer.record(['id', 'note'], cells)));
    });
  });

  it('mean nothing in a contract but themselves: as enumeration, null spellings and values to replace', async () => {
    const texts = [...new Set(strings.filter(Boolean))];
    const replace = Object.fromEntries(texts.map((text) => [text, `<${text}>`]));
    const columns = [
      column('id', { kind: 'string' }, { required: true }),
      column('listed', { kind: 'string' }, { enum: texts }),
      column('missing', { kind: 'string' }, { standardise: { nulls: texts } }),
      column('replaced', { kind: 'string' }, { standardise: { values: replace } }),
    ];
    const rowsIn = texts.map((text, index) => [`k${index}`, text, text, text].map((cell) => quoted(cell)).join());

    const { rows } = await validate(['id,listed,missing,replaced', ...rowsIn].join('\n'), dataset({ columns }));

    expect(rows.map(({ listed, missing, replaced }) => ({ listed, missing, replaced }))).toEqual(
      texts.map((text) => ({ listed: clientShows(text), missing: null, replaced: `<${text}>` })),
    );
  });
});
