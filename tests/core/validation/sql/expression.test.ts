import { describe, expect, it } from '@jest/globals';
import type { RowRule } from '../../../../core/contract/dataset.ts';
import { probeSql } from '../../../../core/validation/sql/expression.ts';
import { broken, brokenRules, column, dataset, query } from './evaluate.ts';

const rule = (expression: string, columns: string[], more: Partial<RowRule> = {}): RowRule => ({
  name: 'rule',
  expression,
  columns,
  severity: 'error',
  message: 'the row must be right',
  ...more,
});

const columns = [
  column('v0', { kind: 'decimal', precision: 12, scale: 2 }, { standardise: { trim: true } }),
  column('r1', { kind: 'int' }),
  column('placed', { kind: 'timestamp' }),
  column('paid', { kind: 'date' }),
  column('note', { kind: 'string' }),
  column('b', { kind: 'bigint' }),
];

/** For each row whether it breaks the rule. */
async function breaks(expression: string, names: string[], rows: (string | null)[][]): Promise<boolean[]> {
  const found = await broken(dataset(columns, { rowRules: [rule(expression, names)] }), rows);
  return found.map((rules) => rules.includes('rule'));
}

describe('a rule on the row', () => {
  it('is broken where its condition is false, and not where it is true or null', async () => {
    const found = await breaks(
      'v0 >= r1',
      ['v0', 'r1'],
      [
        [' 2 ', '1'],
        ['1', '2'],
        [null, '2'],
        ['1', null],
      ],
    );

    expect(found).toEqual([false, true, false, false]);
  });

  it('sees columns by their names even where ours would be the same, and times as times', async () => {
    const found = await breaks(
      "date_trunc('day', placed) <= paid AND hour(placed) < 12",
      ['placed', 'paid'],
      [
        [null, null, '2025-01-01T10:00:00Z', '2025-01-01'],
        [null, null, '2025-01-01T10:00:00-05:00', '2025-01-01'],
        [null, null, '2025-01-02T10:00:00Z', '2025-01-01'],
      ],
    );

    expect(found).toEqual([false, true, true]);
  });

  it('sees columns by their names even where a step before would be the same, or a rule', async () => {
    const more = { standardise: { trim: true, nulls: ['-'] }, decimalSeparator: ',' as const };
    const names = ['x0', 'n0', 's0', 'e3', 't0'];
    const of = dataset(
      [
        column('s0', { kind: 'int' }, more),
        column('n0', { kind: 'int' }, more),
        column('x0', { kind: 'int' }, more),
        column('t0', { kind: 'timestamp' }, { timeZone: 'Europe/Berlin' }),
        column('e3', { kind: 'int' }),
      ],
      {
        rowRules: [
          rule('s0 = 1 AND n0 = 2 AND x0 = 3 AND e3 = 4', names, { name: 'first' }),
          rule('x0 = 3 AND year(t0) = 2025', names, { name: 'second' }),
        ],
      },
    );

    const found = await broken(of, [
      [' 1', '2', '3', '2025-07-01T00:00:00', '4'],
      ['1', '2', '4', '2025-07-01T00:00:00', '4'],
      ['2', '2', '3', '2024-07-01T00:00:00', '4'],
    ]);

    expect(found).toEqual([[], ['first', 'second'], ['first', 'second']]);
  });

  it('is broken by the row on which it fails, and by no other', async () => {
    const rows = Array.from({ length: 3000 }, (_, index) => [
      null,
      null,
      null,
      null,
      index === 1234 ? 'x' : String(index),
      index === 77 ? '9223372036854775807' : '1',
    ]);

    const brokenBy = async (expression: string, names: string[]) => {
      const found = await breaks(expression, names, rows);
      return found.flatMap((isBroken, index) => (isBroken ? [index] : []));
    };

    expect(await brokenBy('CAST(note AS INTEGER) >= 0', ['note'])).toEqual([1234]);
    expect(await brokenBy('coalesce(CAST(note AS INTEGER) >= 0, true)', ['note'])).toEqual([1234]);
    expect(
      await brokenBy('CAST(note AS INTEGER) >= 0 AND (CAST(note AS INTEGER) < 2000 OR CAST(note AS INTEGER) > 2001)', [
        'note',
      ]),
    ).toEqual([1234, 2000, 2001]);
    expect(await brokenBy('b * 2 > b', ['b'])).toEqual([77]);
  });

  it('says nothing where a value that it names is not of its type', async () => {
    const found = await broken(dataset(columns, { rowRules: [rule('r1 IS NOT NULL', ['r1'])] }), [
      [null, 'x'],
      [null, null],
      [null, '1'],
    ]);

    expect(found).toEqual([['r1.type'], ['rule'], []]);
  });

  it('can end in a comment, and hold quotes', async () => {
    const found = await breaks(
      "note <> 'it''s' -- not that",
      ['note'],
      [
        [null, null, null, null, "it's"],
        [null, null, null, null, 'b'],
      ],
    );

    expect(found).toEqual([true, false]);
  });

  it('tells the texts of the columns it names, and its severity', async () => {
    const of = dataset(columns, { rowRules: [rule('v0 > r1', ['v0', 'r1'], { severity: 'warning', name: 'more' })] });

    const [found] = await brokenRules(of, [[' 1.10', '2']]);

    expect(found).toEqual([
      {
        column: '',
        rule: 'more',
        severity: 'warning',
        value: '{"v0":" 1.10","r1":"2"}',
        message: 'the row must be right, found {"v0":" 1.10","r1":"2"}',
      },
    ]);
  });

  it('can be probed without a row', async () => {
    const of = dataset(columns);
    const typeOf = async (expression: string, names: string[]) => {
      const described = await query(probeSql(of, rule(expression, names)));
      return described.find(({ column_name }) => column_name === 'condition')?.column_type;
    };

    expect(await typeOf('v0 > r1 AND placed > paid', ['v0', 'r1', 'placed', 'paid'])).toBe('BOOLEAN');
    expect(await typeOf('v0 + r1', ['v0', 'r1'])).toBe('DECIMAL(13,2)');
    await expect(typeOf('nothing(v0)', ['v0'])).rejects.toThrow(/nothing/);
  });
});
