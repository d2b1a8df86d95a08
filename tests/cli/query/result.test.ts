import { describe, expect, it } from '@jest/globals';
import { resultColumns, rowJson } from '../../../cli/query/result.ts';

const column = (name: string, type: string) => ({ name, type });

describe('a row as JSON', () => {
  it('has numbers where JavaScript holds them exactly, and text where it does not', () => {
    const columns = [
      column('n', 'bigint'),
      column('big', 'bigint'),
      column('money', 'decimal'),
      column('x', 'double'),
      column('nan', 'double'),
      column('ok', 'boolean'),
      column('day', 'date'),
      column('none', 'integer'),
    ];

    const row = rowJson(columns, ['5', '9007199254740993', '12.30', '1.5', 'NaN', 'false', '2026-03-01', null]);

    expect(row).toEqual({
      n: 5,
      big: '9007199254740993',
      money: '12.30',
      x: 1.5,
      nan: 'NaN',
      ok: false,
      day: '2026-03-01',
      none: null,
    });
  });

  it('keeps columns of the same name apart', () => {
    const row = rowJson([column('a', 'varchar'), column('a', 'varchar'), column('a_2', 'varchar')], ['x', 'y', 'z']);

    expect(row).toEqual({ a: 'x', a_2: 'y', a_2_2: 'z' });
  });
});

describe('the columns of a result', () => {
  it('are aligned right when they hold numbers', () => {
    const columns = resultColumns([column('a', 'varchar'), column('b', 'decimal(18,2)'), column('c', 'integer')]);

    expect(columns.map(({ align }) => align)).toEqual(['left', 'right', 'right']);
  });
});
