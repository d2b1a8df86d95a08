import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { parseContract } from '../../../core/contract/parse.ts';
import { ContractError } from '../../../core/errors.ts';

const ORDERS = `apiVersion: v3.2.0
kind: DataContract
id: urn:tributary:contract:orders
name: orders
version: 1.2.0
status: active
description: { purpose: Orders }
schema:
  - name: orders
    properties:
      - name: order_id
        logicalType: string
        physicalType: string
        required: true
        primaryKey: true
        logicalTypeOptions: { pattern: '^O-[0-9]+$', maxLength: 14 }
      - name: amount
        logicalType: number
        physicalType: decimal(12,2)
        logicalTypeOptions: { minimum: 0, maximum: 99.5 }
        customProperties:
          - { property: aliases, value: [Total] }
      - name: status
        logicalType: string
        physicalType: string
        tags: [pii]
        enum: [{ value: placed }, { value: paid }]
      - name: is_deleted
        logicalType: boolean
        physicalType: boolean
      - name: order_ts
        logicalType: timestamp
        physicalType: timestamp
        required: true
        partitioned: true
        logicalTypeOptions: { minimum: '2015-01-01T00:00:00Z' }
        customProperties:
          - { property: partitionTransform, value: day }
    customProperties:
      - { property: versionColumns, value: [order_ts] }
      - { property: history, value: latest }
      - { property: drift, value: rescue }
      - { property: maxRejectPercent, value: 5 }
      - { property: deletedColumn, value: is_deleted }
team:
  name: sales
  members: [{ username: a@example.com }, { username: b@example.com, role: owner }]
`;

const FILE = 'schemas/orders.odcs.yaml';

function problems(text: string, file = FILE): string[] {
  try {
    parseContract(text, file);
  } catch (error) {
    expect(error).toBeInstanceOf(ContractError);
    return (error as Error).message.split('\n');
  }
  return [];
}

/** The contract with one text replaced; fails if it is not there. */
function with_(from: string, to: string): string {
  expect(ORDERS).toContain(from);
  return ORDERS.replace(from, () => to);
}

describe('parseContract', () => {
  it('compiles a contract to a dataset', () => {
    const dataset = parseContract(ORDERS, FILE);

    expect(dataset).toEqual({
      name: 'orders',
      version: '1.2.0',
      description: 'Orders',
      owner: 'b@example.com',
      columns: [
        {
          name: 'order_id',
          aliases: [],
          type: { kind: 'string' },
          required: true,
          pattern: '^O-[0-9]+$',
          maxLength: 14,
          pii: false,
        },
        {
          name: 'amount',
          aliases: ['Total'],
          type: { kind: 'decimal', precision: 12, scale: 2 },
          required: false,
          minimum: '0',
          maximum: '99.5',
          pii: false,
        },
        { name: 'status', aliases: [], type: { kind: 'string' }, required: false, enum: ['placed', 'paid'], pii: true },
        { name: 'is_deleted', aliases: [], type: { kind: 'boolean' }, required: false, pii: false },
        {
          name: 'order_ts',
          aliases: [],
          type: { kind: 'timestamp' },
          required: true,
          minimum: '2015-01-01T00:00:00Z',
          pii: false,
        },
      ],
      key: ['order_id'],
      versionColumns: ['order_ts'],
      history: 'latest',
      drift: 'rescue',
      file: {},
      references: [],
      rowRules: [],
      gates: [],
      deletedColumn: 'is_deleted',
      partition: { column: 'order_ts', transform: 'day' },
      maxRejectPercent: 5,
      alarmRejectPercent: 4,
    });
  });

  it('compiles a contract in the words of the standard', async () => {
    const text = await readFile('tests/core/contract/fixtures/orders.odcs.yaml', 'utf8');

    const dataset = parseContract(text, 'orders.odcs.yaml');

    expect(dataset.columns.find(({ name }) => name === 'email')).toEqual({
      name: 'email',
      aliases: [],
      type: { kind: 'string' },
      required: false,
      format: 'email',
      maxLength: 254,
      pii: true,
    });
    expect(dataset.gates).toEqual([
      { name: 'rows', metric: 'row_count', columns: [], unit: 'rows', must: { beGreaterThan: 0 }, severity: 'error' },
    ]);
  });

  it('compiles every field that it acts upon', async () => {
    const text = await readFile('tests/core/contract/fixtures/shipments.odcs.yaml', 'utf8');

    const dataset = parseContract(text, 'shipments.odcs.yaml');

    expect(dataset).toMatchObject({
      key: ['depot', 'parcel'],
      drift: 'evolve',
      file: { delimiter: ';', quote: '"', header: true, encoding: 'windows-1252' },
    });
    expect(dataset.columns.find(({ name }) => name === 'weight')).toEqual({
      name: 'weight',
      aliases: [],
      type: { kind: 'decimal', precision: 9, scale: 3 },
      required: false,
      standardise: { trim: true, nulls: ['N/A', '-'] },
      decimalSeparator: ',',
      thousandsSeparator: '.',
      exclusiveMinimum: '0',
      maximum: '1500.5',
      multipleOf: '0.005',
      pii: false,
    });
    expect(dataset.rowRules.map(({ name }) => name)).toEqual(['delivered_after_shipping', 'price_of_heavy_parcels']);
    expect(dataset.gates.map(({ name }) => name)).toEqual([
      'rows',
      'duplicate_values_email_shipped_on',
      'emails',
      'invalid_values_weight',
    ]);
  });

  it('orders a key of several columns by their positions', () => {
    const text = with_('primaryKey: true', 'primaryKey: true\n        primaryKeyPosition: 2').replace(
      'name: amount\n',
      'name: amount\n        required: true\n        primaryKey: true\n        primaryKeyPosition: 1\n',
    );

    const { key } = parseContract(text, FILE);

    expect(key).toEqual(['amount', 'order_id']);
  });

  it('lists every problem with file, line and column, in the order of the text', () => {
    const text = ORDERS.replace('version: 1.2.0', 'version: 1.2.0\nowner: me')
      .replace("'^O-[0-9]+$'", () => "'^(?=O)[0-9]+$'")
      .replace('minimum: 0,', 'minimum: 100,')
      .replace('property: history, value: latest', 'property: history, value: scd3');

    const found = problems(text);

    expect(found).toEqual([
      `${FILE}:6:1: unknown field "owner"`,
      `${FILE}:17:31: order_id: the pattern uses "(?=O", which the engine (RE2) does not have; use (?:…) or (…)`,
      `${FILE}:21:31: amount: minimum is greater than maximum`,
      `${FILE}:42:30: history: Invalid option: expected one of "latest"|"scd2"|"append"`,
    ]);
  });

  it.each([
    [
      'whose start may be missing',
      'required: true\n        partitioned',
      'partitioned',
      'order_ts on, which must be required',
    ],
    ['with a column of its own name', 'name: amount', 'name: valid_to', 'the column valid_to must have another name'],
    [
      'of a key with the start in it',
      'required: true\n        partitioned',
      'required: true\n        primaryKey: true\n        primaryKeyPosition: 2\n        partitioned',
      'order_ts is part of the key',
    ],
  ])('refuses a history of versions %s', (_, from, to, reason) => {
    const versions = with_(from, to).replace('history, value: latest', 'history, value: scd2');

    expect(problems(versions).join('\n')).toContain(`history scd2: `);
    expect(problems(versions).join('\n')).toContain(reason);
  });

  it('reads what a column refers to, flagging orphans unless told to hold them', () => {
    const to =
      'relationships: [{ type: foreignKey, to: customers.odcs.yaml#/schema/customers/properties/customer_id }]';
    const text = with_('logicalTypeOptions: { minimum: 0', `${to}\n        logicalTypeOptions: { minimum: 0`);
    const held = text.replace('- { property: aliases, value: [Total] }', '- { property: onOrphan, value: hold }');

    const reference = { column: 'amount', dataset: 'customers', parentColumn: 'customer_id' };
    expect(parseContract(text, FILE).references).toEqual([{ ...reference, onOrphan: 'flag' }]);
    expect(parseContract(held, FILE).references).toEqual([{ ...reference, onOrphan: 'hold' }]);
  });

  it.each([
    ['a text that is no YAML', 'a: [1', /:1:\d+: not valid YAML/],
    ['an empty text', '', /:1:1: the contract: .*expected object/],
    ['NUL in a text', `${ORDERS}tags: ["a\\0"]\n`, /:\d+:8: "a\\u0000" holds a character that no text may hold/],
    ['half a character in a name', `${ORDERS}"\\uD800": 1\n`, /:\d+:1: "\\ud800" holds a character that no text may/],
    ['a field given twice', `${ORDERS}name: orders\n`, /not valid YAML: Map keys must be unique/],
  ])('refuses %s', (_, text, expected) => {
    expect(problems(text).join('\n')).toMatch(expected);
  });

  it.each([
    ['a missing field', 'name: sales\n', 'title: sales\n', /name: is missing/],
    [
      'a misspelt field of a column',
      'logicalTypeOptions: { pattern',
      'logicalTypeOption: { pattern',
      /:16:9: unknown field "logicalTypeOption"/,
    ],
    ['an option that is not of the type', 'minimum: 0,', 'maxLength: 3,', /unknown field "maxLength"/],
    ['an unknown customProperty', 'property: drift', 'property: drifts', /unknown customProperty "drifts"/],
    ['a customProperty given twice', 'property: maxRejectPercent', 'property: drift', /"drift" is given twice/],
    ['a customProperty that is missing', '      - { property: history, value: latest }\n', '', /history: is missing/],
    ['a pattern that does not compile', "'^O-[0-9]+$'", "'^O-[0-9+$'", /order_id: the pattern does not compile/],
    ['a bound beyond the scale', 'maximum: 99.5', 'maximum: 99.555', /maximum 99.555 does not fit decimal\(12,2\)/],
    [
      'a bound that is no time',
      "'2015-01-01T00:00:00Z'",
      "'2015-02-30T00:00:00Z'",
      /minimum "2015-02-30T00:00:00Z" is not an instant/,
    ],
    [
      'minLength over maxLength',
      'maxLength: 14',
      'minLength: 15, maxLength: 14',
      /minLength is greater than maxLength/,
    ],
    [
      'a type that does not exist',
      'physicalType: decimal(12,2)',
      'physicalType: float',
      /logicalType number needs physicalType decimal\(p,s\) or double, not float/,
    ],
    ['a decimal of over 38 digits', 'decimal(12,2)', 'decimal(39,2)', /the precision must be 1 to 38/],
    ['a scale over the precision', 'decimal(12,2)', 'decimal(2,3)', /the scale exceeds the precision/],
    [
      'a key column that may be missing',
      'required: true\n        primaryKey',
      'primaryKey',
      /order_id: a key column must be required/,
    ],
    [
      'a forgotten key',
      '        primaryKey: true\n',
      '',
      /no column is primaryKey: name the key, or state identity: content/,
    ],
    [
      'a key and identity by content',
      'property: drift, value: rescue }',
      'property: drift, value: rescue }\n      - { property: identity, value: content }',
      /identity: content contradicts the primaryKey/,
    ],
    [
      'a version column that is no column',
      'value: [order_ts]',
      'value: [updated]',
      /version column updated is not a column/,
    ],
    ['a version column of text', 'value: [order_ts]', 'value: [status]', /version column status is a string/],
    ['an enum value of another type', '{ value: paid }', '{ value: 5 }', /enum value 5 is not a string/],
    ['an enum value given twice', '{ value: paid }', '{ value: placed }', /enum value "placed" is listed twice/],
    [
      'the name of no dataset',
      'name: orders',
      'name: unknown',
      /"unknown" is what files without a contract are called/,
    ],
    ['a column name that is not lower_snake', 'name: amount', 'name: Amount', /"Amount" is not a lower_snake name/],
    ['a column name of ours', 'name: amount', 'name: meta_amount', /begins with meta_, which is reserved/],
    ['a reserved word', 'name: amount', 'name: timestamp', /"timestamp" is a reserved word in Athena/],
    ['a column given twice', 'name: amount', 'name: status', /the name or alias "status" is used twice/],
    [
      'an alias of another column',
      'value: [Total]',
      'value: [STATUS]',
      /the name or alias "status" is used by amount and by status/,
    ],
    [
      'a deletedColumn that is not boolean',
      'value: is_deleted',
      'value: status',
      /deletedColumn status must be a boolean column/,
    ],
    [
      'a partition column that may be missing',
      'required: true\n        partitioned',
      'partitioned',
      /order_ts: a partition column must be required/,
    ],
    [
      'a partition column without a transform',
      '        customProperties:\n          - { property: partitionTransform, value: day }\n',
      '',
      /needs the customProperty partitionTransform/,
    ],
    [
      'a transform that the type does not have',
      'value: day }',
      'value: identity }',
      /partitionTransform identity needs a column of type string/,
    ],
    [
      'a transform without a partition',
      'partitioned: true\n',
      'partitioned: false\n',
      /partitioning needs partitioned: true/,
    ],
    [
      'a history of versions that nothing dates',
      'value: [order_ts] }\n      - { property: history, value: latest }',
      'value: [] }\n      - { property: history, value: scd2 }',
      /history scd2: versions are valid from the first of the versionColumns on, and there is none/,
    ],
    [
      'a history of versions dated by a number',
      'value: [order_ts] }\n      - { property: history, value: latest }',
      'value: [amount] }\n      - { property: history, value: scd2 }',
      /valid from amount on, which must be a timestamp or date, not a decimal/,
    ],
    [
      'a reference that is not written as the standard does',
      'logicalTypeOptions: { pattern',
      'relationships: [{ type: foreignKey, to: customers.id }]\n        logicalTypeOptions: { pattern',
      /order_id: "customers.id" is not of the form <dataset>.odcs.yaml#/,
    ],
    [
      'a policy for orphans of a column that refers to nothing',
      '{ property: aliases, value: [Total] }',
      '{ property: onOrphan, value: hold }',
      /amount: onOrphan is of references; it has no relationships/,
    ],
    [
      'an alarm that can not ring',
      'property: drift, value: rescue }',
      'property: drift, value: rescue }\n      - { property: alarmRejectPercent, value: 6 }',
      /the alarm could never ring/,
    ],
    [
      'a percentage over 100',
      'property: maxRejectPercent, value: 5',
      'property: maxRejectPercent, value: 500',
      /maxRejectPercent: Too big/,
    ],
    [
      'a table of another name',
      '- name: orders\n',
      '- name: order_lines\n',
      /the table must have the dataset's name, orders/,
    ],
  ])('refuses %s', (_, from, to, expected) => {
    const found = problems(with_(from, to)).join('\n');

    expect(found).toMatch(expected);
    expect(found).toMatch(/^schemas\/orders\.odcs\.yaml:\d+:\d+: /);
  });

  it('refuses a file that is not named after its dataset', () => {
    expect(problems(ORDERS, 'schemas/order.odcs.yaml')).toEqual([
      'schemas/order.odcs.yaml:4:1: the contract of orders must be the file orders.odcs.yaml',
    ]);
  });

  it('refuses more than 300 columns', () => {
    const more = Array.from(
      { length: 300 },
      (_, index) => `      - { name: c${index}, logicalType: string, physicalType: string }\n`,
    );

    const found = problems(with_('      - name: amount\n', `${more.join('')}      - name: amount\n`));

    expect(found).toEqual([`${FILE}:10:5: 305 columns; at most 300 are possible`]);
  });
});
