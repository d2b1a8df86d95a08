import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../cli/exit.ts';
import { parseParameters } from '../../../cli/query/parameters.ts';

describe('query parameters', () => {
  it('are whole numbers or strings unless a type is named', () => {
    const parameters = parseParameters([
      'a=1=2',
      'snapshot=9007199254740993',
      'zip=01234',
      's:string=5',
      'day:date=2026-03-01',
      'n:int=9007199254740993',
      'ok:boolean=true',
      'd:decimal=1.50',
    ]);

    expect(parameters).toEqual({
      a: '1=2',
      snapshot: 9007199254740993n,
      zip: '01234',
      s: '5',
      day: { date: '2026-03-01' },
      n: 9007199254740993n,
      ok: true,
      d: { decimal: '1.50' },
    });
  });

  it.each(['novalue', '=x', 'A=1', 'n:int=1.5', 'n:int=', 'b:boolean=yes', 'x:blob=1'])('refuse %s', (text) => {
    expect(() => parseParameters([text])).toThrow(UsageError);
  });

  it('refuse a name given twice', () => {
    expect(() => parseParameters(['a=1', 'a=2'])).toThrow('--param a is given twice');
  });
});
