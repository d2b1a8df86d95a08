import { describe, expect, it } from '@jest/globals';
import { parse, parseColumn, problemsAt } from './contract.ts';

const STRING = 'logicalType: string, physicalType: string';
const INT = 'logicalType: integer, physicalType: int';
const TIME = 'logicalType: timestamp, physicalType: timestamp';
const only = (rule: string) => `customProperties: [{ property: warnOnly, value: [${rule}] }]`;

describe('warnOnly', () => {
  it.each([
    [`${STRING}, required: true`, 'required'],
    [`${STRING}, enum: [{ value: a }]`, 'enum'],
    [`${STRING}, logicalTypeOptions: { pattern: a }`, 'pattern'],
    [`${STRING}, logicalTypeOptions: { format: uuid }`, 'format'],
    [`${STRING}, logicalTypeOptions: { minLength: 1 }`, 'min_length'],
    [`${STRING}, logicalTypeOptions: { maxLength: 1 }`, 'max_length'],
    [`${INT}, logicalTypeOptions: { minimum: 1 }`, 'minimum'],
    [`${INT}, logicalTypeOptions: { maximum: 1 }`, 'maximum'],
    [`${INT}, logicalTypeOptions: { exclusiveMinimum: 1 }`, 'exclusive_minimum'],
    [`${INT}, logicalTypeOptions: { exclusiveMaximum: 1 }`, 'exclusive_maximum'],
    [`${INT}, logicalTypeOptions: { multipleOf: 2 }`, 'multiple_of'],
  ])('of a column with %s may name %s', (column, rule) => {
    const problems = problemsAt({ column: `${STRING}, ${only(`§${rule}`)}` });

    expect(parseColumn(`${column}, ${only(rule)}`).warnings).toEqual([rule]);
    expect(problems).toEqual([`x: warnOnly names ${rule}, which the column does not have`]);
  });

  const ordered = 'the rows of a table are told apart and ordered by it';
  it.each([
    [
      `${INT}, ${only('§type')}`,
      'x: a value that is not of the type can not be stored: the rule type can not only warn',
    ],
    [`${INT}, ${only('§minLength')}`, /^x: "minLength" is no rule; rules are required, type, pattern, /],
    [`${INT}, required: true, ${only('required, §required')}`, 'x: warnOnly lists required twice'],
    [
      `${INT}, required: true, primaryKey: true, primaryKeyPosition: 2, ${only('required').replace('value', '§value')}`,
      `x: ${ordered}: required can not only warn`,
    ],
    [
      `${STRING}, unique: true, ${only('§unique')}`,
      'x: the rule unique can not only warn: use a quality rule with the metric duplicateValues and severity warning',
    ],
    [
      `${TIME}, required: true, partitioned: true, customProperties: [{ property: partitionTransform, value: day }, { property: warnOnly, §value: [required] }]`,
      `x: ${ordered}: required can not only warn`,
    ],
  ])('of %s is refused', (column, reason) => {
    expect(problemsAt({ column })).toEqual([typeof reason === 'string' ? reason : expect.stringMatching(reason)]);
  });

  it('can not let a version be missing', () => {
    const column = `${TIME}, required: true, ${only('required').replace('value', '§value')}`;

    const problems = problemsAt({ column, table: 'property: versionColumns, value: [x]' });

    expect(problems).toEqual([`x: ${ordered}: required can not only warn`]);
  });
});

describe('unique', () => {
  it('is kept for any column but the one that is the key, which is unique by itself', () => {
    const dataset = parse({ column: `${STRING}, unique: true` });
    const composite = parse({
      column: `${STRING}, required: true, unique: true, primaryKey: true, primaryKeyPosition: 2`,
    });

    expect(dataset.columns.map(({ unique }) => unique)).toEqual([undefined, true]);
    expect(composite.columns.map(({ unique }) => unique)).toEqual([undefined, true]);
  });
});
