import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import type { Column, ColumnType, Dataset, Encoding, FileFormat } from '../../core/contract/dataset.ts';
import { column, dataset } from './validation.ts';

/** A table, its cells as texts; null is a missing value. */
export interface Table {
  columns: Column[];
  /** For each column the name that the file gives it. */
  header: string[];
  /** The header of a column that the contract does not know, and its cells are the last of each row. */
  unknown: string | undefined;
  rows: (string | null)[][];
}

/** How a table is written. */
export interface Writing {
  format: 'csv' | 'jsonl' | 'json';
  delimiter: string;
  quote: '"' | "'" | null;
  /** Quotes also where nothing asks for them. */
  quoteAll: boolean;
  lineEnd: '\n' | '\r\n' | '\r';
  /** After the last record too. */
  lastLineEnd: boolean;
  encoding: Encoding;
  byteOrderMark: boolean;
  header: boolean;
  /** The contract says what could be told from the content. */
  stated: boolean;
  /** Turns the order of the columns. */
  turn: number;
  compression: 'none' | 'gzip' | 'zstd';
}

const CHARACTERS = [
  'a',
  'Z',
  '0',
  ' ',
  ',',
  ';',
  '|',
  '\t',
  '"',
  "'",
  '\n',
  '\r',
  '\r\n',
  '\\',
  '#',
  'é',
  '€',
  '日',
  '😀',
  '{',
  ']',
];
const TYPES: Record<ColumnType['kind'], [ColumnType, fc.Arbitrary<string>]> = {
  string: [{ kind: 'string' }, fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 7 })],
  int: [{ kind: 'int' }, fc.integer().map(String)],
  bigint: [{ kind: 'bigint' }, fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String)],
  decimal: [
    { kind: 'decimal', precision: 20, scale: 2 },
    fc
      .tuple(fc.bigInt(-(10n ** 17n), 10n ** 17n), fc.integer({ min: 10, max: 99 }))
      .map(([whole, cents]) => `${whole}.${cents}`),
  ],
  double: [{ kind: 'double' }, fc.integer({ min: -99999, max: 99999 }).map((n) => String(n / 64))],
  boolean: [{ kind: 'boolean' }, fc.boolean().map(String)],
  date: [{ kind: 'date' }, day().map((text) => text.slice(0, 10))],
  timestamp: [{ kind: 'timestamp' }, day()],
};

function day(): fc.Arbitrary<string> {
  const range = { min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true };
  return fc.date(range).map((date) => date.toISOString());
}

const HEADERS: [name: string, aliases: string[]][] = [
  ['id', ['ID No.', 'Schlüssel']],
  ['amount', ['a,b', 'x;y']],
  ['note', ['"said"', 'Remark of all']],
  ['unit_price', ["it's", 'p|q']],
  ['day', ['Tag', '日']],
];

const kinds = Object.keys(TYPES) as ColumnType['kind'][];
const columnOf = ([name, aliases]: (typeof HEADERS)[number]) =>
  fc
    .tuple(fc.constantFrom('string', 'string', ...kinds), fc.constantFrom(name, name.toUpperCase(), ...aliases))
    .map(([kind, header]) => ({
      column: column(name, TYPES[kind as 'string'][0], { aliases }),
      header,
      cell: fc.option(
        TYPES[kind as 'string'][1].map((text) => text || null),
        { freq: 6 },
      ),
    }));

/** Tables of one to five columns of any types and one to twelve rows. */
const tables: fc.Arbitrary<Table> = fc
  .tuple(
    fc.shuffledSubarray(HEADERS, { minLength: 1 }).chain((some) => fc.tuple(...some.map(columnOf))),
    fc.option(fc.constantFrom('extra', 'Übrig', '"'), { freq: 3, nil: undefined }),
  )
  .chain(([columns, unknown]) => {
    const cells = columns.map(({ cell }) => cell);
    const row = fc.tuple(
      ...cells,
      ...(unknown === undefined ? [] : [fc.option(TYPES.string[1].map((text) => text || null))]),
    );
    return fc.array(row, { minLength: 1, maxLength: 12 }).map((rows) => ({
      columns: columns.map((each) => each.column),
      header: columns.map((each) => each.header),
      unknown,
      rows,
    }));
  });

const writings: fc.Arbitrary<Writing> = fc.record({
  format: fc.constantFrom<Writing['format']>('csv', 'csv', 'csv', 'jsonl', 'json'),
  delimiter: fc.constantFrom(',', ';', '\t', '|', '~', ' '),
  quote: fc.constantFrom('"', '"', '"', "'", null),
  quoteAll: fc.boolean(),
  lineEnd: fc.constantFrom('\n', '\n', '\r\n', '\r\n', '\r'),
  lastLineEnd: fc.boolean(),
  encoding: fc.constantFrom<Encoding>('utf-8', 'utf-8', 'utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1'),
  byteOrderMark: fc.boolean(),
  header: fc.constantFrom(true, true, true, false),
  stated: fc.boolean(),
  turn: fc.nat(4),
  compression: fc.constantFrom<Writing['compression']>('none', 'none', 'none', 'gzip', 'zstd'),
});

export interface Written {
  table: Table;
  writing: Writing;
  dataset: Dataset;
  /** The text before it was encoded. */
  text: string;
  /** In the file's encoding, before compression. */
  plain: Buffer;
  /** Bytes of `plain` up to the end of the header line; 0 if there is none. */
  headerBytes: number;
}

/** Random tables, written in random ways that can hold them. */
export const written: fc.Arbitrary<Written> = fc
  .tuple(tables, writings)
  .map(([table, writing]) => write(table, writing));

function write(anyTable: Table, anyWriting: Writing): Written {
  let writing = possible(anyWriting);
  const table = fitting(anyTable, writing);
  // The header of one column shows no delimiter.
  if (table.rows[0]!.length === 1 && !writing.stated) writing = { ...writing, delimiter: ',' };
  const names = [...table.header, ...(table.unknown === undefined ? [] : [table.unknown])];
  const turned = <T>(cells: T[]): T[] => {
    const by = writing.header ? writing.turn % cells.length : 0;
    return [...cells.slice(by), ...cells.slice(0, by)];
  };
  const { format, lineEnd } = writing;
  const csvRow = (cells: (string | null)[]) =>
    turned(cells)
      .map((cell) => csvCell(cell ?? '', writing, cells.length === 1))
      .join(writing.delimiter);
  const jsonRow = (cells: (string | null)[]) => {
    const members = turned(cells.map((cell, index) => jsonMember(names[index]!, cell, table.columns[index], writing)));
    return `{${members.join(writing.quoteAll ? ' , ' : ',')}}`;
  };
  const records = table.rows.map(format === 'csv' ? csvRow : jsonRow);
  const headLine = format === 'csv' && writing.header ? csvRow(names) + lineEnd : format === 'json' ? '[' : '';
  const between = format === 'json' ? `,${writing.quoteAll ? lineEnd : ''}` : lineEnd;
  const text = `${headLine}${records.join(between)}${format === 'json' ? ']' : ''}${writing.lastLineEnd ? lineEnd : ''}`;
  const mark = writing.byteOrderMark ? encode('\ufeff', writing.encoding) : Buffer.alloc(0);
  return {
    table,
    writing,
    dataset: contractOf(table, writing),
    text,
    plain: Buffer.concat([mark, encode(text, writing.encoding)]),
    headerBytes: format === 'csv' && writing.header ? mark.length + encode(headLine, writing.encoding).length : 0,
  };
}

/** What no file or contract can say is taken back. */
function possible(writing: Writing): Writing {
  const isUnicode = writing.encoding.startsWith('utf');
  const isCsv = writing.format === 'csv';
  return {
    ...writing,
    // Without a header and without a mark, a short file may show nothing of UTF-16.
    byteOrderMark: isUnicode && (writing.byteOrderMark || (!writing.header && writing.encoding !== 'utf-8')),
    header: writing.header || !isCsv,
    stated: writing.stated || writing.quote !== '"' || !writing.header || '~ '.includes(writing.delimiter),
  };
}

/** The table with the characters that a file of this kind can hold, and no unknown column where there is no header. */
function fitting({ columns, header, unknown, rows }: Table, writing: Writing): Table {
  const isKnown = columns.length;
  const keepsUnknown = writing.header ? unknown : undefined;
  const isOneColumn = columns.length === 1 && keepsUnknown === undefined;
  const holdable = (text: string): string => {
    let fitted = text;
    if (writing.encoding === 'windows-1252') fitted = fitted.replace(/[^\0-\xff€]/gu, 'é');
    if (writing.encoding === 'iso-8859-1') fitted = fitted.replace(/[^\0-\xff]/gu, 'é');
    if (writing.format !== 'csv') return fitted;
    // What begins with a bracket is JSON, where no header says otherwise.
    if (!writing.header) fitted = fitted.replaceAll('{', '(');
    if (writing.quote === null) fitted = fitted.replaceAll(writing.delimiter, '').replace(/[\r\n]/g, '');
    return fitted;
  };
  const fitCell = (cell: string | null): string | null => {
    const fitted = cell === null ? null : holdable(cell) || null;
    return fitted === null && isOneColumn && writing.quote === null ? '0' : fitted;
  };
  return {
    columns:
      isOneColumn && writing.quote === null
        ? columns.map((one) => column(one.name, { kind: 'string' }, { aliases: one.aliases }))
        : columns,
    header: header.map((name, index) => (holdable(name) === name ? name : columns[index]!.name)),
    unknown: keepsUnknown === undefined ? undefined : holdable(keepsUnknown) || 'extra',
    rows: rows.map((row) => row.slice(0, keepsUnknown === undefined ? isKnown : undefined).map(fitCell)),
  };
}

function csvCell(text: string, { delimiter, quote, quoteAll }: Writing, isAlone: boolean): string {
  if (quote === null) return text;
  const asks = text.startsWith(quote) || text.includes(delimiter) || /[\r\n]/.test(text) || (isAlone && text === '');
  return asks || quoteAll ? `${quote}${text.replaceAll(quote, quote + quote)}${quote}` : text;
}

function jsonMember(name: string, cell: string | null, of: Column | undefined, { quoteAll }: Writing): string {
  const isNumber = of !== undefined && !['string', 'date', 'timestamp'].includes(of.type.kind);
  const value = cell !== null && isNumber && !quoteAll ? cell : JSON.stringify(cell);
  return `${JSON.stringify(name)}:${value}`;
}

export function encode(text: string, encoding: Encoding): Buffer {
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  if (encoding === 'utf-8') return Buffer.from(text);
  return Buffer.from(text.replaceAll('€', '\x80'), 'latin1');
}

export function compress(bytes: Uint8Array, { compression }: Writing): Buffer {
  if (compression === 'gzip') return gzipSync(bytes, { level: 1 });
  return compression === 'zstd' ? zstdCompressSync(bytes) : Buffer.from(bytes);
}

function contractOf(
  { columns }: Table,
  { delimiter, quote, stated, header, encoding, byteOrderMark, format }: Writing,
): Dataset {
  const file: FileFormat = {};
  if (stated && format === 'csv') Object.assign(file, { delimiter, quote });
  if (!header) file.header = false;
  if (encoding !== 'utf-8' && !byteOrderMark) file.encoding = encoding;
  return dataset({ columns, file, key: [], history: 'append' });
}
