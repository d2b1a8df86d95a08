import type { Column, Dataset, FileFormat } from '../../../core/contract/dataset.ts';
import { column } from '../validation.ts';

/** What must become of a file: rows by their fate, and rejected ones by `column.rule`; or why it is refused whole. */
export interface Case {
  file: string;
  /** What is worth knowing of it. */
  about?: string;
  /** Instead of the file's own header, every column a text that may be missing. */
  columns?: Column[];
  format?: FileFormat;
  more?: Partial<Dataset>;
  accepted?: number;
  duplicate?: number;
  superseded?: number;
  rejected?: Record<string, number>;
  /** Rejected rows, where a row has several reasons. */
  rejectedRows?: number;
  refused?: RegExp;
}

/** Files whose own header is the contract, and whose every row is taken as it is. */
const WHOLE: [file: string, rows: number][] = [
  ['Table With Data.csv', 2],
  ['[table].csv', 2],
  ['accent.csv', 2],
  ['analysis-data.csv', 9],
  ['ascii-notvalid.csv', 1],
  ['ascii.csv', 1],
  ['blank-cells.csv', 5],
  ['blank-headers.csv', 2],
  ['blank-rows-multiple.csv', 13],
  ['blank-rows-no-fields.csv', 2],
  ['blank-rows.csv', 3],
  ['bom.csv', 2],
  ['capital-3.csv', 5],
  ['capital-valid.csv', 5],
  ['capitals.csv', 5],
  ['chunk1.csv', 1],
  ['chunk2.csv', 1],
  ['countries-cleaned.csv', 4],
  ['countries-truefalsevalues.csv', 2],
  ['country-1.csv', 5],
  ['country-3.csv', 5],
  ['data.csv', 2],
  ['data2.csv', 3],
  ['delimiter.csv', 2],
  ['doublequote.csv', 5],
  ['duplicate-rows.csv', 3],
  ['encoding-issue-274.csv', 507],
  ['escaping.csv', 3],
  ['floats.csv', 5],
  ['geopoint/data/geopoint-object.csv', 3],
  ['infer/data.csv', 2],
  ['infer/data2.csv', 3],
  ['invalid/data.csv', 2],
  ['invalid/data2.csv', 3],
  ['issue-1009-comma.csv', 1],
  ['issue-1009-semicolon.csv', 1],
  ['issue-1066-smallcellsize.csv', 12],
  ['issue-1066-smallcellsizewithdeviation.csv', 12],
  ['issue-1100.csv', 2],
  ['issue-1105-timezone.csv', 2],
  ['issue-1109.csv', 3],
  ['issue-1138.csv', 7],
  ['issue-1232.csv', 5],
  ['issue-1341.csv', 99],
  ['issue-493.csv', 9],
  ['issue-825.csv', 2],
  ['issue-833.csv', 3],
  ['issue-844.csv', 2],
  ['issue-905/bad.csv', 1],
  ['issue-905/ok1.csv', 1],
  ['issue-905/ok2.csv', 1],
  ['issue-991.csv', 1],
  ['leading-zeros.csv', 3],
  ['long.csv', 6],
  ['matrix.csv', 4],
  ['nested-invalid.csv', 5],
  ['nested.csv', 4],
  ['number/number-test.csv', 13],
  ['numeric-labels.csv', 3],
  ['package-dialect-no-header.csv', 2],
  ['package/data.csv', 2],
  ['package/data2.csv', 3],
  ['primary-file-types.csv', 2],
  ['sync-schema.csv', 2],
  ['table-chunks/data1/chunk2.csv', 1],
  ['table-chunks/data2/chunk2.csv', 1],
  ['table-delimiter.csv', 2],
  ['table-infer-increase-limit.csv', 199],
  ['table-infer-missing-values.csv', 7],
  ['table-infer-row-limit.csv', 11],
  ['table-infer-utf8.csv', 5],
  ['table-infer.csv', 4],
  ['table-limits.csv', 3],
  ['table-output.csv', 2],
  ['table-reverse.csv', 2],
  ['table-unicode-headers.csv', 2],
  ['table.csv', 2],
  ['table_with_data.csv', 2],
  ['tables/chunk1.csv', 1],
  ['tables/chunk2.csv', 1],
  ['timezone-with-id.csv', 4],
  ['timezone.csv', 4],
  ['transform-groups.csv', 6],
  ['transform-pivot.csv', 12],
  ['transform.csv', 3],
  ['transpose.csv', 2],
  ['unique-field.csv', 9],
  ['vix.csv', 2],
  ['zipped-resources/ogd10_energieforschungstatistik_ch.csv', 2311],
  ['Таблица.csv', 2],
];

const text = (name: string, more: Partial<Column> = {}) => column(name, { kind: 'string' }, more);
const needed = (name: string, type: Column['type'] = { kind: 'string' }) => column(name, type, { required: true });
const whole = (name: string) => column(name, { kind: 'int' });
const idName = [needed('id', { kind: 'int' }), text('name')];
const countries = [needed('id', { kind: 'int' }), whole('neighbor_id'), text('name'), whole('population')];
const matrix = ['f1', 'f2', 'f3', 'f4'].map((name) => needed(name, { kind: 'int' }));
const share = { precision: 12, scale: 9 };

const OTHERS: Case[] = [
  { file: 'empty.csv', refused: /the file is empty \(0 bytes\)/ },
  { file: 'without-rows.csv', refused: /a header but no rows/ },

  { file: 'capital-invalid.csv', refused: /the column "name" is in the header twice/ },
  { file: 'duplicate-column.csv', refused: /the column "B" is in the header twice/ },
  { file: 'duplicate-headers.csv', refused: /the column "id" is in the header twice/ },
  { file: 'invalid.csv', refused: /the column "name" is in the header twice/ },

  {
    file: 'countries.csv',
    about: 'a remark above the header',
    columns: countries,
    refused: /required column missing: id/,
  },
  {
    file: 'country-2.csv',
    about: 'a remark above the header',
    columns: countries,
    refused: /required column missing: id/,
  },
  {
    file: 'matrix-with-comment.csv',
    about: 'the same',
    columns: matrix,
    refused: /required columns missing: f1; f2; f3; f4/,
  },
  { file: 'skip-rows-before-headers.csv', about: 'the same', columns: idName, refused: /required column missing: id/ },
  { file: 'skip-rows.csv', about: 'the same', columns: idName, refused: /required column missing: id/ },
  {
    file: 'skip-blank-at-the-end.csv',
    about: 'a remark among the rows is a row',
    accepted: 1,
    rejected: { too_few_fields: 1 },
  },

  { file: 'chunk2.headless.csv', columns: idName, refused: /required column missing: id/ },
  { file: 'chunk2.headless.csv', columns: idName, format: { header: false }, accepted: 1 },
  { file: 'chunk3.csv', columns: idName, refused: /required column missing: id/ },
  { file: 'chunk3.csv', columns: idName, format: { header: false }, accepted: 1 },
  {
    file: 'issue-1478/table.csv',
    columns: ['place', 'from', 'to', 'what'].map((name) => needed(name)),
    refused: /required columns missing/,
  },
  {
    file: 'issue-1478/table.csv',
    columns: [
      needed('place'),
      column('begins', { kind: 'date' }, { formats: ['dd.MM.yyyy'] }),
      column('ends', { kind: 'date' }, { formats: ['dd.MM.yyyy'] }),
      text('what'),
    ],
    format: { header: false, delimiter: '|' },
    accepted: 10,
  },
  { file: 'without-headers.csv', columns: idName, refused: /required column missing: id/ },
  { file: 'without-headers.csv', columns: idName, format: { header: false }, accepted: 3 },
  { file: 'without-headers-extra.csv', columns: idName, refused: /required column missing: id/ },
  {
    file: 'without-headers-extra.csv',
    columns: idName,
    format: { header: false },
    accepted: 2,
    rejected: { too_many_fields: 1 },
  },

  { file: 'compression/implicit-gz.csv', columns: idName, accepted: 2 },
  { file: 'compression/implicit-zip.csv', columns: idName, refused: /ZIP/ },

  { file: 'latin1.csv', columns: idName, accepted: 1, rejected: { invalid_utf8: 1 } },
  { file: 'latin1.csv', columns: idName, format: { encoding: 'iso-8859-1' }, accepted: 2 },
  { file: 'latin1.csv', columns: idName, format: { encoding: 'windows-1252' }, accepted: 2 },
  {
    file: 'table-infer-iso-8859-7.csv',
    about: 'Greek, which no contract can state',
    columns: idName,
    rejected: { invalid_utf8: 4 },
  },
  {
    file: 'table-with-accents.csv',
    about: 'Latin-1 in the header',
    columns: [text('Classement')],
    refused: /header is broken.*UTF-8/,
  },
  {
    file: 'table-with-accents.csv',
    columns: [
      needed('class', { kind: 'string' }),
      column('day', { kind: 'date' }, { aliases: ['Date'], formats: ['dd-MM-yy'] }),
      column('year', { kind: 'int' }, { aliases: ['Année'] }),
      column('rate', { kind: 'decimal', ...share }, { aliases: ['Occupancy rate'], decimalSeparator: ',' }),
    ].map((each) => (each.name === 'class' ? { ...each, aliases: ['Classement'] } : each)),
    format: { encoding: 'windows-1252' },
    accepted: 638,
  },

  { file: 'defective-rows.csv', rejected: { too_few_fields: 1, too_many_fields: 1 } },
  { file: 'dialect.csv', accepted: 1, rejected: { too_many_fields: 1 } },
  {
    file: 'dialect.csv',
    about: 'its quote is #',
    format: { quote: '#' },
    accepted: 1,
    rejected: { too_many_fields: 1 },
  },
  { file: 'issue-1004-data1.csv', accepted: 3, rejected: { too_few_fields: 1, too_many_fields: 1 } },
  {
    file: 'issue-1004-data1.csv',
    columns: countries,
    accepted: 2,
    rejected: { too_few_fields: 1, too_many_fields: 1, 'neighbor_id.type': 1 },
  },
  { file: 'issue-1004-data2.csv', rejected: { too_few_fields: 2, too_many_fields: 1 } },
  { file: 'structure-errors.csv', accepted: 3, rejected: { too_many_fields: 1 } },
  {
    file: 'structure-errors.csv',
    columns: [...idName, whole('age')],
    accepted: 2,
    rejected: { 'id.required': 1, too_many_fields: 1 },
  },
  { file: 'schema-errors.csv', accepted: 3, rejected: { too_many_fields: 1 } },
  {
    file: 'schema-errors.csv',
    columns: [...idName, whole('age')],
    accepted: 2,
    rejected: { 'id.type': 1, too_many_fields: 1 },
  },

  { file: 'blank-cells.csv', columns: [needed('id'), needed('name')], accepted: 4, rejected: { 'name.required': 1 } },
  { file: 'blank-rows.csv', columns: [...idName, whole('age')], accepted: 2, rejected: { 'id.required': 1 } },
  { file: 'blank-rows-multiple.csv', columns: [...idName, whole('age')], accepted: 2, rejected: { 'id.required': 11 } },
  {
    file: 'duplicate-rows.csv',
    columns: [...idName, whole('age')],
    more: { key: ['id'], history: 'latest' },
    accepted: 2,
    duplicate: 1,
  },
  {
    file: 'unique-field.csv',
    columns: [needed('id'), text('name')],
    more: { key: ['id'], history: 'latest' },
    accepted: 8,
    superseded: 1,
  },
  { file: 'countries-cleaned.csv', columns: countries, accepted: 4 },
  {
    file: 'countries-truefalsevalues.csv',
    columns: [
      needed('id', { kind: 'int' }),
      column('value', { kind: 'boolean' }, { standardise: { values: { yes: 'true', no: 'false' } } }),
    ],
    accepted: 2,
  },
  {
    file: 'countries-truefalsevalues.csv',
    columns: [column('value', { kind: 'boolean' })],
    rejected: { 'value.type': 2 },
  },
  { file: 'floats.csv', columns: [needed('number', { kind: 'decimal', precision: 5, scale: 1 })], accepted: 5 },
  { file: 'leading-zeros.csv', columns: [needed('value', { kind: 'int' })], accepted: 3 },
  {
    file: 'number/number-test.csv',
    columns: [needed('number', { kind: 'double' })],
    accepted: 8,
    rejected: { 'number.type': 5 },
  },
  {
    file: 'primary-file-types.csv',
    columns: [
      needed('id', { kind: 'int' }),
      needed('integer_minmax', { kind: 'int' }),
      needed('boolean', { kind: 'boolean' }),
    ],
    accepted: 2,
  },
  { file: 'issue-1100.csv', columns: [needed('timestamp', { kind: 'timestamp' })], rejected: { 'timestamp.type': 2 } },
  {
    file: 'issue-1100.csv',
    columns: [
      column('timestamp', { kind: 'timestamp' }, { formats: ['yyyy-MM-dd HH.mm.ss'], timeZone: 'Europe/Berlin' }),
    ],
    accepted: 2,
  },
  { file: 'issue-1105-timezone.csv', columns: [needed('timestamp', { kind: 'timestamp' })], accepted: 2 },
  { file: 'timezone.csv', columns: [needed('datetime', { kind: 'timestamp' })], accepted: 4 },
  {
    file: 'vix.csv',
    columns: [needed('Date', { kind: 'timestamp' }), needed('VIXClose', { kind: 'decimal', precision: 6, scale: 2 })],
    accepted: 2,
  },
  {
    file: 'table-infer-missing-values.csv',
    columns: [column('id', { kind: 'int' }, { standardise: { nulls: ['-'] } }), whole('age'), text('name')],
    accepted: 7,
  },
  {
    file: 'table-infer-row-limit.csv',
    columns: [needed('id', { kind: 'int' }), whole('age')],
    accepted: 4,
    rejected: { 'id.type': 7, 'age.type': 7 },
    rejectedRows: 7,
  },
  {
    file: 'zipped-resources/ogd10_energieforschungstatistik_ch.csv',
    columns: [needed('jahr', { kind: 'int' }), needed('finanzbeitrag', { kind: 'decimal', precision: 14, scale: 2 })],
    accepted: 2311,
  },
];

export const CASES: Case[] = [...WHOLE.map(([file, accepted]) => ({ file, accepted })), ...OTHERS];
