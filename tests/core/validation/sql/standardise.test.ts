import { describe, expect, it } from '@jest/globals';
import { column, typed } from './evaluate.ts';

const string = { kind: 'string' } as const;

describe('standardising', () => {
  it('does nothing unless the contract says so', async () => {
    const texts = [' a ', 'N/A', '\u00a0', '"q" '];

    const values = await typed(column('a', string), texts);

    expect(values).toEqual(texts);
  });

  it('trims all white space that Unicode knows, and none inside', async () => {
    const space = [
      '\t',
      '\n',
      '\v',
      '\f',
      '\r',
      ' ',
      '\u0085',
      '\u00a0',
      '\u1680',
      '\u2003',
      '\u2028',
      '\u202f',
      '\u205f',
      '\u3000',
      '\ufeff',
    ];
    const texts = [
      ...space.flatMap((one) => [`${one}a b${one}${one}`, one, `é${one}`, `${one}`.repeat(3)]),
      'a',
      '~',
      '\u200b',
      '😀 ',
    ];

    const values = await typed(column('a', string, { standardise: { trim: true } }), texts);

    expect(values).toEqual([...space.flatMap(() => ['a b', null, 'é', null]), 'a', '~', '\u200b', '😀']);
  });

  it('changes the case of strings before it looks at spellings, which it reads in that case', async () => {
    const standardise = {
      trim: true,
      case: 'lower',
      nulls: ['N/A', '-'],
      values: { 'In Transit': 'SHIPPED', "o'k": 'paid' },
    } as const;
    const more = { standardise: { ...standardise, nulls: [...standardise.nulls] } };

    const values = await typed(column('a', string, more), [
      ' N/A',
      'n/a',
      '-',
      '--',
      'IN TRANSIT',
      'in  transit',
      "O'K",
      'Éa',
    ]);

    expect(values).toEqual([null, null, null, '--', 'SHIPPED', 'in  transit', 'paid', 'éa']);
  });

  it('compares spellings exactly where the case stays', async () => {
    const more = { standardise: { nulls: ['NULL'], values: { yes: 'true', no: 'false', none: '' } } };

    const values = await typed(column('a', { kind: 'boolean' }, more), [
      'NULL',
      'null',
      'yes',
      'Yes',
      ' yes',
      'no',
      'true',
      'none',
    ]);

    expect(values).toEqual([null, null, 'true', null, null, 'false', 'true', null]);
  });

  it('comes before everything else', async () => {
    const more = { standardise: { trim: true, nulls: ['-'] }, decimalSeparator: ',' as const };

    const values = await typed(column('a', { kind: 'decimal', precision: 9, scale: 2 }, more), [
      ' 1,50 ',
      '-',
      '- 1,5',
    ]);

    expect(values).toEqual(['1.50', null, null]);
  });
});
