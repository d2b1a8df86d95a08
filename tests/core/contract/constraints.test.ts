import { describe, expect, it } from '@jest/globals';
import { parseColumn, problemsAt } from './contract.ts';

const TYPES = {
  string: 'logicalType: string, physicalType: string',
  int: 'logicalType: integer, physicalType: int',
  decimal: 'logicalType: number, physicalType: "decimal(12,2)"',
  small: 'logicalType: number, physicalType: "decimal(10,9)"',
  double: 'logicalType: number, physicalType: double',
  boolean: 'logicalType: boolean, physicalType: boolean',
  date: 'logicalType: date, physicalType: date',
  timestamp: 'logicalType: timestamp, physicalType: timestamp',
};

describe('logicalTypeOptions', () => {
  it.each([
    [TYPES.string, '{ pattern: "^a+$", minLength: 1, maxLength: 3 }', { pattern: '^a+$', minLength: 1, maxLength: 3 }],
    [TYPES.string, '{ format: email }', { format: 'email' }],
    [TYPES.string, '{ format: ipv6 }', { format: 'ipv6' }],
    [TYPES.int, '{ minimum: -3, maximum: 9, multipleOf: 3 }', { minimum: '-3', maximum: '9', multipleOf: '3' }],
    [TYPES.int, '{ exclusiveMinimum: 0, maximum: 9 }', { exclusiveMinimum: '0', maximum: '9' }],
    [TYPES.int, '{ minimum: 4, maximum: 4 }', { minimum: '4', maximum: '4' }],
    [TYPES.decimal, '{ minimum: 0, exclusiveMaximum: 1e3 }', { minimum: '0', exclusiveMaximum: '1000' }],
    [TYPES.decimal, '{ multipleOf: 0.05 }', { multipleOf: '0.05' }],
    [TYPES.small, '{ multipleOf: 0.0000001 }', { multipleOf: '0.0000001' }],
    [TYPES.double, '{ exclusiveMinimum: -0.5 }', { exclusiveMinimum: '-0.5' }],
    [
      TYPES.date,
      '{ exclusiveMinimum: "2020-01-01", exclusiveMaximum: "2030-01-01" }',
      { exclusiveMinimum: '2020-01-01', exclusiveMaximum: '2030-01-01' },
    ],
    [TYPES.timestamp, '{ exclusiveMaximum: "2030-01-01T00:00:00Z" }', { exclusiveMaximum: '2030-01-01T00:00:00Z' }],
  ])('of a column with %s may be %s', (type, options, expected) => {
    expect(parseColumn(`${type}, logicalTypeOptions: ${options}`)).toEqual(expected);
  });

  it.each([
    [
      TYPES.string,
      '{ §format: password }',
      'format: Invalid option: expected one of "email"|"uuid"|"uri"|"hostname"|"ipv4"|"ipv6"',
    ],
    [TYPES.string, '{ §minimum: 5 }', 'unknown field "minimum"'],
    [TYPES.string, '{ §maxLength: -1 }', 'maxLength: Too small: expected number to be >=0'],
    [TYPES.int, '{ §format: i32 }', 'unknown field "format"'],
    [TYPES.int, '{ §exclusiveMinimum: 1.5 }', 'x: exclusiveMinimum 1.5 is not a whole number'],
    [TYPES.int, '{ §exclusiveMaximum: 3000000000 }', 'x: exclusiveMaximum 3000000000 does not fit int'],
    [TYPES.int, '{ minimum: 1, §exclusiveMinimum: 0 }', 'x: give minimum or exclusiveMinimum, not both'],
    [TYPES.int, '{ maximum: 1, §exclusiveMaximum: 2 }', 'x: give maximum or exclusiveMaximum, not both'],
    [TYPES.int, '{ §exclusiveMinimum: 5, maximum: 5 }', 'x: no value lies between exclusiveMinimum and maximum'],
    [TYPES.int, '{ §minimum: 5, exclusiveMaximum: 5 }', 'x: no value lies between minimum and exclusiveMaximum'],
    [TYPES.int, '{ §exclusiveMinimum: 6, maximum: 5 }', 'x: exclusiveMinimum is greater than maximum'],
    [TYPES.int, '{ §multipleOf: 0 }', 'x: multipleOf must be greater than 0'],
    [TYPES.int, '{ §multipleOf: 0.5 }', 'x: multipleOf 0.5 is not a whole number'],
    [TYPES.decimal, '{ §multipleOf: 0.005 }', 'x: multipleOf 0.005 does not fit decimal(12,2)'],
    [TYPES.decimal, '{ §multipleOf: -1 }', 'x: multipleOf must be greater than 0'],
    [TYPES.decimal, '{ §multipleOf: "2" }', 'multipleOf: Invalid input: expected number, received string'],
    [TYPES.double, '{ §multipleOf: 0.1 }', 'x: multipleOf needs a decimal or an integer: a double is not exact'],
    [TYPES.boolean, '{ §minimum: 1 }', 'unknown field "minimum"'],
    [
      TYPES.date,
      '{ §exclusiveMinimum: "2020-13-01" }',
      'x: exclusiveMinimum "2020-13-01" is not a date like 2025-01-31',
    ],
    [
      TYPES.timestamp,
      '{ §exclusiveMaximum: "2020-01-01" }',
      'x: exclusiveMaximum "2020-01-01" is not an instant like 2025-01-31T00:00:00Z',
    ],
    [
      'logicalType: number, physicalType: "decimal(38,2)"',
      '{ §maximum: 99999999999999.99 }',
      'x: maximum 99999999999999.98 has more than 15 digits, which a contract can not give exactly',
    ],
  ])('of a column with %s can not be %s', (type, options, reason) => {
    expect(problemsAt({ column: `${type}, logicalTypeOptions: ${options}` })).toEqual([reason]);
  });
});
