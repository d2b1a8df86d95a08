import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ColumnExtras, TableExtras } from '../../../core/contract/extras.ts';
import { FileExtras } from '../../../core/contract/file-format.ts';
import { parseContract } from '../../../core/contract/parse.ts';
import { LibraryRule } from '../../../core/contract/quality-schema.ts';
import { ContractDocument, ContractProperty, TypeOptions } from '../../../core/contract/schema.ts';
import { NAMED_FORMATS } from '../../../core/contract/time-format.ts';
import { COLUMN_RULES } from '../../../core/contract/warnings.ts';

const REFERENCE = readFileSync('docs/guide/contract-reference.md', 'utf8');
const GUIDE = readFileSync('docs/guide/add-a-dataset.md', 'utf8');
const examples = (text: string): string[] => [...text.matchAll(/```yaml.*\n([\s\S]*?)```/g)].map(([, yaml]) => yaml!);

const indent = (yaml: string, spaces: number) => yaml.replace(/^(?=.)/gm, ' '.repeat(spaces));
const TABLE_PROPERTIES = `customProperties:
  - { property: history, value: latest }
  - { property: drift, value: reject }
  - { property: maxRejectPercent, value: 5 }
`;

/** A contract with an example in its place, and the columns that examples name. */
function contract(example: string): string {
  const isColumn = example.startsWith('- name:');
  const isTable = example.startsWith('customProperties:');
  const columns = {
    status: 'string',
    shipped_on: 'date',
    delivered_on: 'date',
    updated_at: 'timestamp',
    is_deleted: 'boolean',
  };
  const others = Object.entries(columns).filter(([name]) => !example.startsWith(`- name: ${name}\n`));
  const extras =
    isTable && example.includes('history')
      ? example
      : `${TABLE_PROPERTIES}${isTable ? example.replace(/^.*\n/, '') : ''}`;
  return `apiVersion: v3.2.0
kind: DataContract
id: things
name: things
version: 1.0.0
status: active
description: { purpose: Things }
schema:
  - name: things
    properties:
      - { name: id, logicalType: integer, physicalType: int, required: true, primaryKey: true }
${others.map(([name, type]) => `      - { name: ${name}, logicalType: ${type}, physicalType: ${type} }\n`).join('')}\
${isColumn ? indent(example, 6) : ''}${isColumn || isTable ? '' : indent(example, 4)}${indent(extras, 4)}team: { name: things }
`;
}

describe('the contract reference', () => {
  it.each(examples(REFERENCE))('has an example that is sound:\n%s', (example) => {
    expect(() => parseContract(contract(example), 'things.odcs.yaml')).not.toThrow();
  });

  it.each([
    ...Object.keys(ContractDocument.shape),
    ...Object.keys(ContractProperty.shape).filter(
      (field) => field !== 'logicalTypeOptions' && field !== 'customProperties',
    ),
    ...Object.values(TypeOptions).flatMap((options) => Object.keys(options.shape)),
    ...Object.keys(TableExtras.shape),
    ...Object.keys(ColumnExtras.shape),
    ...Object.keys(FileExtras.shape),
    ...Object.keys(LibraryRule.shape),
    ...COLUMN_RULES,
    ...NAMED_FORMATS,
  ])('names %s', (field) => {
    expect(REFERENCE).toMatch(new RegExp(`\`(?:[a-z]+[.])?${field}(?:[:.][^\`]*)?\``));
  });
});

describe('the guide to a new dataset', () => {
  it('has a contract that is sound', () => {
    const [text] = examples(GUIDE);

    expect(parseContract(text!, 'suppliers.odcs.yaml').key).toEqual(['supplier_id']);
  });
});
