/** A column of every type, and decimals of the widths that Parquet stores in different ways. */
const types = {
  id: ['integer', 'int'],
  words: ['string', 'string'],
  small: ['integer', 'int'],
  large: ['integer', 'bigint'],
  cents: ['number', 'decimal(12,2)'],
  digit: ['number', 'decimal(1,1)'],
  narrow: ['number', 'decimal(9,4)'],
  medium: ['number', 'decimal(18,18)'],
  wide: ['number', 'decimal(38,0)'],
  fine: ['number', 'decimal(38,18)'],
  ratio: ['number', 'double'],
  flag: ['boolean', 'boolean'],
  day: ['date', 'date'],
  moment: ['timestamp', 'timestamp'],
} as const;
export type Name = keyof typeof types;
export const names = Object.keys(types) as Name[];

/** The rows as texts, in one spelling that every reader's answer is brought to; a missing column is null. */
const rows: Partial<Record<Name, string>>[] = [
  { words: 'all missing' },
  {
    words: 'least',
    small: '-2147483648',
    large: '-9223372036854775808',
    cents: '-9999999999.99',
    digit: '-0.9',
    narrow: '-99999.9999',
    medium: '-0.999999999999999999',
    wide: `-${'9'.repeat(38)}`,
    fine: `-${'9'.repeat(20)}.${'9'.repeat(18)}`,
    ratio: '-1.7976931348623157e+308',
    flag: 'false',
    day: '0001-01-01',
    moment: '0001-01-01 00:00:00.000000',
  },
  {
    words: 'greatest',
    small: '2147483647',
    large: '9223372036854775807',
    cents: '9999999999.99',
    digit: '0.9',
    narrow: '99999.9999',
    medium: '0.999999999999999999',
    wide: '9'.repeat(38),
    fine: `${'9'.repeat(20)}.${'9'.repeat(18)}`,
    ratio: '1.7976931348623157e+308',
    flag: 'true',
    day: '9999-12-31',
    moment: '9999-12-31 23:59:59.999999',
  },
  {
    words: 'zeros',
    small: '0',
    large: '0',
    cents: '0.00',
    digit: '0.0',
    narrow: '0.0000',
    medium: '0.000000000000000000',
    wide: '0',
    fine: '0.000000000000000000',
    ratio: '0',
    flag: 'false',
    day: '1970-01-01',
    moment: '1970-01-01 00:00:00.000000',
  },
  {
    words: 'nearest to zero, from below',
    small: '-1',
    large: '-1',
    cents: '-0.01',
    digit: '-0.1',
    narrow: '-0.0001',
    medium: '-0.000000000000000001',
    wide: '-1',
    fine: '-0.000000000000000001',
    ratio: '-5e-324',
    day: '1969-12-31',
    moment: '1969-12-31 23:59:59.999999',
  },
  {
    words: 'nearest to zero, from above',
    large: '9007199254740993',
    cents: '0.01',
    medium: '0.000000000000000001',
    wide: '1',
    fine: '0.000000000000000001',
    ratio: '5e-324',
    moment: '1970-01-01 00:00:00.000001',
  },
  // The days on which calendars part: before the reform, at the Julian leap day of 1500, around the reform.
  { words: 'calendar', ratio: '2.2250738585072014e-308', day: '1500-02-28', moment: '1500-03-01 00:00:00.000001' },
  { words: 'reform', ratio: '0.1', day: '1582-10-05', moment: '1582-10-14 23:59:59.999999' },
  { words: 'leap', ratio: '1.0000000000000002', day: '2024-02-29', moment: '2024-02-29 12:34:56.789012' },
  // Beyond what 64 bits of nanoseconds hold.
  { words: 'after 2262', ratio: '1e+21', day: '2262-04-12', moment: '2262-04-12 00:00:00.000001' },
  { words: ' white space \t', ratio: '123456789012345680' },
  { words: 'line\nend\r\nand "quotes", \'too\' \\n' },
  { words: '😀 👩‍👩‍👧 漢字 ÄÖÜß e\u0301 العربية \u{10FFFF}\uFFFD\u0001\u007F' },
  { words: 'NULL' },
  { words: 'long '.repeat(5000) },
].map((row, index) => ({ id: String(index), ...row }));

export const contract = `apiVersion: v3.2.0
kind: DataContract
id: urn:tributary:test:every_type
name: every_type
version: 1.0.0
status: active
description: { purpose: a column of every type }
schema:
  - name: every_type
    properties:
${names
  .map((name) => {
    const [logical, physical] = types[name];
    const key = name === 'id' ? ', required: true, primaryKey: true' : '';
    return `      - { name: ${name}, logicalType: ${logical}, physicalType: "${physical}"${key} }`;
  })
  .join('\n')}
    customProperties:
      - { property: history, value: latest }
      - { property: drift, value: reject }
      - { property: maxRejectPercent, value: 0 }
team: { name: tests }
`;

export type Row = Record<Name, string | null>;

export const expected: Row[] = rows.map(
  (row) => Object.fromEntries(names.map((name) => [name, row[name as keyof typeof row] ?? null])) as Row,
);

/** Doubles in JavaScript's spelling, whatever the reader's own: the bits decide. */
export const normal = (row: Record<string, string | null>): Row => {
  const ratio = row.ratio === null || row.ratio === undefined ? null : Number(row.ratio);
  const text = ratio === null ? null : Object.is(ratio, -0) ? '-0' : String(ratio);
  return Object.fromEntries(names.map((name) => [name, name === 'ratio' ? text : (row[name] ?? null)])) as Row;
};

const quoted = (text: string | null) => (text === null ? '' : `"${text.replaceAll('"', '""')}"`);
export const csv = `${names.join()}\n${expected.map((row) => `${names.map((name) => quoted(row[name])).join()}\n`).join('')}`;
