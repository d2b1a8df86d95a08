import { describe, expect, it } from '@jest/globals';
import { parseColumn, problemsAt } from './contract.ts';

const STRING = 'logicalType: string, physicalType: string';
const INT = 'logicalType: integer, physicalType: int';
const DECIMAL = 'logicalType: number, physicalType: "decimal(12,2)"';
const BOOLEAN = 'logicalType: boolean, physicalType: boolean';
const STATUS = `${STRING}, enum: [{ value: paid }, { value: open }]`;
const extras = (...list: string[]) =>
  `customProperties: [${list.map((item) => `{ property: ${item.replace(' ', ', value: ')} }`).join(', ')}]`;

describe('standardising', () => {
  it.each([
    [`${STRING}, ${extras('standardise [trim]')}`, { standardise: { trim: true } }],
    [`${STRING}, ${extras('standardise [upper, trim]')}`, { standardise: { trim: true, case: 'upper' } }],
    [`${STRING}, ${extras('nullValues [N/A, "-"]')}`, { standardise: { nulls: ['N/A', '-'] } }],
    [
      `${STRING}, ${extras('standardise [trim, lower]', 'nullValues [" N/A ", "  "]')}`,
      { standardise: { trim: true, case: 'lower', nulls: ['N/A'] } },
    ],
    [
      `${STRING}, ${extras('valueAliases { GB: [UK, England] }')}`,
      { standardise: { values: { UK: 'GB', England: 'GB' } } },
    ],
    [
      `${STATUS}, ${extras('valueAliases { paid: [Paid] }')}`,
      { enum: ['paid', 'open'], standardise: { values: { Paid: 'paid' } } },
    ],
    [
      `${BOOLEAN}, ${extras('valueAliases { true: [yes, "1"] }')}`,
      { standardise: { values: { yes: 'true', 1: 'true' } } },
    ],
    [`${INT}, ${extras('valueAliases { -1: [none] }')}`, { standardise: { values: { none: '-1' } } }],
    [
      `${STRING}, enum: [{ value: Paid }], ${extras('standardise [lower]', 'valueAliases { Paid: [paid] }')}`,
      { enum: ['Paid'], standardise: { case: 'lower', values: { paid: 'Paid' } } },
    ],
    [
      `${DECIMAL}, ${extras('decimalSeparator ","', 'thousandsSeparator "."')}`,
      { decimalSeparator: ',', thousandsSeparator: '.' },
    ],
    [`${INT}, ${extras('thousandsSeparator " "')}`, { thousandsSeparator: ' ' }],
    [`${DECIMAL}, ${extras('decimalSeparator "."')}`, {}],
  ])('of %s is read', (column, expected) => {
    expect(parseColumn(column)).toEqual(expected);
  });

  it.each([
    [STRING, 'standardise, value: [trim, lower]', { standardise: { trim: true, case: 'lower' } }],
    [INT, 'standardise, value: [trim, lower]', { standardise: { trim: true } }],
    [INT, 'nullValues, value: [N/A]', { standardise: { nulls: ['N/A'] } }],
    [`${INT}, ${extras('nullValues ["-"]')}`, 'nullValues, value: [N/A]', { standardise: { nulls: ['-'] } }],
    [`${STRING}, ${extras('standardise [upper]')}`, 'standardise, value: [trim]', { standardise: { case: 'upper' } }],
    [DECIMAL, 'decimalSeparator, value: ","', { decimalSeparator: ',' }],
    [`${DECIMAL}, ${extras('decimalSeparator "."')}`, 'decimalSeparator, value: ","', {}],
    [`${DECIMAL}, ${extras('thousandsSeparator null')}`, 'thousandsSeparator, value: "_"', {}],
    [DECIMAL, 'thousandsSeparator, value: "_"', { thousandsSeparator: '_' }],
  ])('of %s follows the table with %s where it says nothing else', (column, table, expected) => {
    const other = 'name: n, logicalType: integer, physicalType: int';

    expect(parseColumn(column, { table: `property: ${table}`, other })).toEqual(expected);
  });

  it.each([
    [
      `${STRING}, ${extras('standardise [trim, §strip]')}`,
      'standardise: Invalid option: expected one of "trim"|"lower"|"upper"',
    ],
    [
      `${STRING}, customProperties: [{ property: standardise, §value: [lower, upper] }]`,
      'standardise: lower and upper contradict each other',
    ],
    [
      `${STRING}, customProperties: [{ property: standardise, §value: [trim, trim] }]`,
      'standardise: a step is listed twice',
    ],
    [
      `${INT}, customProperties: [{ property: standardise, §value: [upper] }]`,
      'x: upper is of texts; the column is a int',
    ],
    [
      `${STRING}, enum: [{ value: Paid }], customProperties: [{ property: standardise, §value: [lower] }]`,
      'x: texts become lower case, so "Paid" of the enum of x can never match',
    ],
    [
      `${STRING}, enum: [{ value: " a" }], customProperties: [{ property: standardise, §value: [trim] }]`,
      'x: texts become trimmed, so " a" of the enum of x can never match',
    ],
    [`${STRING}, ${extras('nullValues [N/A, §""]')}`, 'nullValues: the empty text is a missing value by itself'],
    [`${STRING}, ${extras('nullValues [§0]')}`, 'nullValues: must be a text: put it in quotes'],
    [
      `${STRING}, customProperties: [{ property: nullValues, §value: [x, x] }]`,
      'nullValues: a spelling is listed twice',
    ],
    [
      `${STATUS}, ${extras('nullValues [N/A, §open]')}`,
      'x: "open" means a missing value and is a value of the enum of x',
    ],
    [
      `${STATUS}, ${extras('standardise [lower]', 'nullValues [§OPEN]')}`,
      'x: "OPEN" means a missing value and is a value of the enum of x',
    ],
    [
      `${INT}, enum: [{ value: 0 }], ${extras('nullValues [§"0"]')}`,
      'x: "0" means a missing value and is a value of the enum of x',
    ],
    [`${STATUS}, ${extras('valueAliases { §closed: [done] }')}`, 'x: "closed" is not a value of the enum'],
    [`${STATUS}, ${extras('valueAliases { paid: [§open] }')}`, 'x: "open" is a value of the enum by itself'],
    [`${STATUS}, ${extras('valueAliases { paid: [§paid] }')}`, 'x: "paid" is "paid" already'],
    [`${STATUS}, ${extras('valueAliases { paid: [p], open: [§p] }')}`, 'x: "p" is listed twice'],
    [`${STATUS}, ${extras('standardise [lower]', 'valueAliases { paid: [P, §p] }')}`, 'x: "p" is listed twice'],
    [
      `${STATUS}, ${extras('nullValues [none]', 'valueAliases { open: [§none] }')}`,
      'x: "none" means a missing value (nullValues)',
    ],
    [
      `${STATUS}, ${extras('standardise [trim]', 'valueAliases { open: [§" "] }')}`,
      'x: " " is nothing but white space, which is a missing value',
    ],
    [`${STRING}, customProperties: [{ property: valueAliases, §value: {} }]`, 'valueAliases: lists no value'],
    [`${BOOLEAN}, ${extras('valueAliases { §ja: [yes] }')}`, 'x: "ja" is not of the column\'s type, boolean'],
    [`${INT}, ${extras('valueAliases { §one: ["1."] }')}`, 'x: "one" is not of the column\'s type, int'],
    [
      `${DECIMAL}, customProperties: [{ property: valueAliases, §value: { 1: [one] } }]`,
      'x: valueAliases are of texts, integers and booleans; the column is a decimal',
    ],
    [`${STRING}, ${extras('valueAliases { GB: [§1] }')}`, 'GB: must be a text: put it in quotes'],
    [
      `${STRING}, customProperties: [{ property: decimalSeparator, §value: "," }]`,
      'x: decimalSeparator is of numbers; the column is a string',
    ],
    [
      `${BOOLEAN}, customProperties: [{ property: thousandsSeparator, §value: "," }]`,
      'x: thousandsSeparator is of numbers; the column is a boolean',
    ],
    [
      `${DECIMAL}, customProperties: [{ property: decimalSeparator, §value: ";" }]`,
      'decimalSeparator: Invalid option: expected one of ","|"."',
    ],
    [
      `${DECIMAL}, customProperties: [{ property: thousandsSeparator, §value: "-" }]`,
      /^thousandsSeparator: Invalid option/,
    ],
    [
      `${DECIMAL}, customProperties: [{ property: thousandsSeparator, §value: "." }]`,
      'x: "." separates both the decimals and the thousands (decimals follow a point by default)',
    ],
    [
      `${DECIMAL}, customProperties: [{ property: decimalSeparator, value: "," }, { property: thousandsSeparator, §value: "," }]`,
      'x: "," separates both the decimals and the thousands (decimals follow a point by default)',
    ],
  ])('of %s is refused', (column, reason) => {
    expect(problemsAt({ column })).toEqual([typeof reason === 'string' ? reason : expect.stringMatching(reason)]);
  });

  it.each([
    [STRING, 'property: decimalSeparator, §value: ","', 'decimalSeparator is of numbers, and no column is one'],
    [STRING, 'property: thousandsSeparator, §value: ","', 'thousandsSeparator is of numbers, and no column is one'],
    [
      DECIMAL,
      'property: thousandsSeparator, §value: "."',
      '"." separates both the decimals and the thousands (decimals follow a point by default)',
    ],
    [STATUS, 'property: nullValues, value: [§open]', '"open" means a missing value and is a value of the enum of x'],
    [
      STATUS,
      'property: standardise, §value: [upper]',
      'texts become upper case, so "paid" of the enum of x can never match',
    ],
    [STATUS, '§property: valueAliases, value: {}', 'unknown customProperty "valueAliases"'],
  ])('of a table with a column of %s is refused with %s', (column, table, reason) => {
    expect(problemsAt({ column, table })).toEqual([reason]);
  });
});
