import { describe, expect, it } from '@jest/globals';
import type { TypeSignature } from '../../../local/athena/format.ts';
import { columnInfo, csvLine, formatCell } from '../../../local/athena/format.ts';
import { EngineError, readPage } from '../../../local/athena/trino.ts';

const plain = (rawType: string): TypeSignature => ({ rawType, arguments: [] });
const of = (rawType: string, ...types: TypeSignature[]): TypeSignature => ({
  rawType,
  arguments: types.map((value) => ({ kind: 'TYPE', value })),
});
const row = (...fields: [string | null, TypeSignature][]): TypeSignature => ({
  rawType: 'row',
  arguments: fields.map(([name, typeSignature]) => ({
    kind: 'NAMED_TYPE',
    value: { fieldName: name === null ? null : { name }, typeSignature },
  })),
});

describe('formatCell', () => {
  it.each([
    [true, plain('boolean'), 'true'],
    ['9007199254740993', plain('bigint'), '9007199254740993'],
    ['1.50', plain('decimal'), '1.50'],
    ['1.0E10', plain('double'), '1.0E10'],
    ['2026-01-01 00:00:00', plain('timestamp'), '2026-01-01 00:00:00.000'],
    ['2026-01-01 00:00:00.123456', plain('timestamp'), '2026-01-01 00:00:00.123456'],
    ['2026-01-01 00:00:00 UTC', plain('timestamp with time zone'), '2026-01-01 00:00:00.000 UTC'],
    ['2026-01-01', plain('date'), '2026-01-01'],
    ['qwE=', plain('varbinary'), 'ab 01'],
    [['1', null], of('array', plain('integer')), '[1, null]'],
    [{ k: 'v' }, of('map', plain('varchar'), plain('varchar')), '{k=v}'],
    [['1', 'x'], row(['a', plain('integer')], ['b', plain('varchar')]), '{a=1, b=x}'],
    [['1'], row([null, plain('integer')]), '{field0=1}'],
    [
      [[['1'], true]],
      of('array', row(['a', of('array', plain('integer'))], ['b', plain('boolean')])),
      '[{a=[1], b=true}]',
    ],
    [null, plain('varchar'), null],
    ['', plain('varchar'), ''],
  ])('shows %j as Athena does', (value, type, expected) => {
    expect(formatCell(value, type)).toBe(expected);
  });
});

describe('columnInfo', () => {
  it.each([
    ['varchar', [], 'varchar', 2147483647, 0],
    ['bigint', [], 'bigint', 19, 0],
    ['real', [], 'float', 17, 0],
    [
      'decimal',
      [
        { kind: 'LONG', value: '12' },
        { kind: 'LONG', value: '2' },
      ],
      'decimal',
      12,
      2,
    ],
    ['array', [], 'array', 0, 0],
  ])('describes %s', (rawType, args, Type, Precision, Scale) => {
    const info = columnInfo({ name: 'x', type: rawType, typeSignature: { rawType, arguments: args } });

    expect(info).toMatchObject({ Name: 'x', Label: 'x', Type, Precision, Scale });
  });
});

describe('csvLine', () => {
  it('quotes every value, and tells NULL from an empty text', () => {
    expect(csvLine(['a', 'say "hi"', '', null])).toBe('"a","say ""hi""","",\n');
  });
});

describe('readPage', () => {
  it('keeps every number of the data as it was written', () => {
    const page = readPage(
      '{"id":"q","stats":{"physicalInputBytes":12},"updateCount":3,"data":[[7143598956161739501,1.0E10,[1.50],{"k":1}]]}',
    );

    expect(page.rows).toEqual([['7143598956161739501', '1.0E10', ['1.50'], { k: '1' }]]);
    expect([page.progress.bytesScanned, page.updateCount]).toEqual([12, 3]);
  });

  it('throws what Trino reports', () => {
    const text =
      '{"id":"q","stats":{},"error":{"errorName":"TABLE_NOT_FOUND","errorType":"USER_ERROR","message":"no table"}}';

    expect(() => readPage(text)).toThrow(EngineError);
    expect(() => readPage(text)).toThrow('no table');
  });
});
