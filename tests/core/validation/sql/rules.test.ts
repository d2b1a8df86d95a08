import { describe, expect, it } from '@jest/globals';
import type { Column, ColumnType } from '../../../../core/contract/dataset.ts';
import { broken, brokenRules, column, dataset, randomOf, SEED } from './evaluate.ts';

const string = { kind: 'string' } as const;
const decimal = { kind: 'decimal', precision: 12, scale: 2 } as const;

/** For each text of a single column the names of the rules that it breaks. */
async function rulesOn(type: ColumnType, more: Partial<Column>, texts: (string | null)[]): Promise<string[]> {
  const found = await broken(
    dataset([column('a', type, more)]),
    texts.map((text) => [text]),
  );
  return found.map((rules) => rules.map((rule) => rule.slice(2)).join());
}

describe('a rule of a column', () => {
  it('does not mind a missing value, unless it is required', async () => {
    const rules = { minLength: 2, pattern: 'x+', format: 'email', enum: ['xx'] } as const;

    const optional = await rulesOn(string, { ...rules, enum: ['xx'] }, [null, 'x']);
    const required = await rulesOn(string, { ...rules, enum: ['xx'], required: true }, [null]);

    expect([optional, required]).toEqual([['', 'format,min_length,enum'], ['required']]);
  });

  it('counts characters as code points', async () => {
    const found = await rulesOn(string, { minLength: 2, maxLength: 3 }, [
      'é',
      'éé',
      '日本語',
      '日本語文',
      '😀😀😀',
      '😀😀😀😀',
      'e\u0301',
    ]);

    expect(found).toEqual(['min_length', '', '', 'max_length', '', 'max_length', '']);
  });

  it('bounds values, with the bound or without it', async () => {
    const numbers = ['0.99', '1', '1.01', '1.99', '2', '2.01'];

    const inclusive = await rulesOn(decimal, { minimum: '1', maximum: '2' }, numbers);
    const exclusive = await rulesOn(decimal, { exclusiveMinimum: '1', exclusiveMaximum: '2' }, numbers);
    const dates = await rulesOn({ kind: 'date' }, { minimum: '2025-01-02', exclusiveMaximum: '2025-01-04' }, [
      '2025-01-01',
      '2025-01-02',
      '2025-01-03',
      '2025-01-04',
    ]);
    const times = await rulesOn(
      { kind: 'timestamp' },
      { exclusiveMinimum: '2025-01-01T00:00:00Z', maximum: '2025-01-02T00:00:00Z' },
      [
        '2025-01-01T01:00:00+01:00',
        '2025-01-01T00:00:00.000001Z',
        '2025-01-02T00:00:00Z',
        '2025-01-02T00:00:00.000001Z',
      ],
    );

    expect(inclusive).toEqual(['minimum', '', '', '', '', 'maximum']);
    expect(exclusive).toEqual([
      'exclusive_minimum',
      'exclusive_minimum',
      '',
      '',
      'exclusive_maximum',
      'exclusive_maximum',
    ]);
    expect(dates).toEqual(['minimum', '', '', 'exclusive_maximum']);
    expect(times).toEqual(['exclusive_minimum', '', '', 'maximum']);
  });

  it('on a value says nothing where the value is not of its type', async () => {
    const found = await rulesOn({ kind: 'int' }, { required: true, minimum: '5', multipleOf: '2', enum: ['6'] }, [
      'x',
      '3',
      '4',
      '6',
      null,
    ]);

    expect(found).toEqual(['type', 'minimum,multiple_of,enum', 'minimum,enum', '', 'required']);
  });

  it('compares enumerated values by what they are', async () => {
    const decimals = await rulesOn(decimal, { enum: ['1.5', '2'] }, ['1.50', '+2.0', '02', '3']);
    const strings = await rulesOn(string, { enum: ["it's", 'b'] }, ["it's", 'B', 'b ', 'b']);

    expect([decimals, strings]).toEqual([
      ['', '', '', 'enum'],
      ['', 'enum', 'enum', ''],
    ]);
  });

  it.each([
    [12, 2, '0.25'],
    [12, 2, '0.05'],
    [12, 2, '0.125'],
    [12, 2, '7'],
    [12, 2, '0.3'],
    [38, 10, '0.0000000003'],
    [38, 0, '99999999999999999999'],
    [4, 2, '1000'],
    [4, 4, '1e-7'],
    [4, 4, '0.0003'],
  ])('finds multiples in decimal(%d,%d) exactly: %s', async (precision, scale, multipleOf) => {
    const random = randomOf(SEED);
    const power = 10n ** 20n;
    const [whole, places] =
      multipleOf === '1e-7' ? [1n, 7] : [BigInt(multipleOf.replace('.', '')), (multipleOf.split('.')[1] ?? '').length];
    // Everything in units of 10^-20.
    const factor = whole * 10n ** BigInt(20 - places);
    const values = Array.from({ length: 500 }, () => {
      const digits = BigInt(Array.from({ length: precision }, () => random(10)).join(''));
      const unit = 10n ** BigInt(20 - scale);
      const value = digits * unit;
      const multiple = value - (value % factor);
      return (random(2) && multiple % unit === 0n ? multiple : value) * (random(2) ? 1n : -1n);
    });
    const texts = values.map((value) => {
      const size = value < 0n ? -value : value;
      const fraction = (size % power).toString().padStart(20, '0').slice(0, scale);
      return `${value < 0n ? '-' : ''}${size / power}${scale > 0 ? `.${fraction}` : ''}`;
    });

    const found = await rulesOn({ kind: 'decimal', precision, scale }, { multipleOf }, texts);

    const expected = values.map((value) => (value % factor === 0n ? '' : 'multiple_of'));
    expect({ SEED, wrong: texts.filter((_, index) => found[index] !== expected[index]) }).toEqual({ SEED, wrong: [] });
  });

  it('finds multiples of whole numbers and of doubles', async () => {
    const int = await rulesOn({ kind: 'int' }, { multipleOf: '1.5' }, ['3', '4', '-6', '0']);
    const bigint = await rulesOn({ kind: 'bigint' }, { multipleOf: '9007199254740993' }, [
      '9007199254740993',
      '9007199254740992',
      '-9223372036854775808',
    ]);
    const double = await rulesOn({ kind: 'double' }, { multipleOf: '0.1' }, [
      '0.3',
      '1.1',
      '0.35',
      '123456.7',
      '1e300',
      '0',
      '-0.7',
      '0.30000001',
    ]);

    expect(int).toEqual(['', 'multiple_of', '', '']);
    expect(bigint).toEqual(['', 'multiple_of', 'multiple_of']);
    expect(double).toEqual(['', '', 'multiple_of', '', '', '', '', 'multiple_of']);
  });

  it('only warns where the contract says so', async () => {
    const found = await brokenRules(
      dataset([column('a', string, { pattern: 'x', maxLength: 1, warnings: ['max_length'] })]),
      [['yy']],
    );

    expect(found[0]!.map(({ rule, severity }) => [rule, severity])).toEqual([
      ['pattern', 'error'],
      ['max_length', 'warning'],
    ]);
  });
});

describe('a reason', () => {
  it('is a sentence with what was expected and what was found', async () => {
    const columns = [
      column('d', { kind: 'date' }, { formats: ['dd.MM.yyyy'] }),
      column(
        't',
        { kind: 'timestamp' },
        { formats: ["yyyy-MM-dd'T'HH:mm", 'epoch_seconds'], timeZone: 'Europe/Berlin' },
      ),
      column('n', decimal, { decimalSeparator: ',', thousandsSeparator: '.' }),
      column('e', string, { enum: Array.from({ length: 23 }, (_, index) => `v${index}`) }),
      column('x', { kind: 'double' }, { exclusiveMinimum: '0' }),
      column('w', { kind: 'int' }),
      column('m', { kind: 'date' }),
      column('f', string, { format: 'email' }),
    ];

    const [found] = await brokenRules(dataset(columns), [
      ['2025-01-31', 'x', '1.23', `"${'y'.repeat(120)}`, '-1', '1,5', '31.01.2025', 'é'],
    ]);

    expect(found!.map(({ message }) => message)).toEqual([
      'd must be a date like 31.01.2025 (dd.MM.yyyy), of the years 0001 to 9999, found "2025-01-31"',
      't must be a time like 2025-01-31T23:59 (yyyy-MM-dd\'T\'HH:mm) or 1738367999 (seconds since 1970), of the years 0001 to 9999 in UTC; without an offset it is a time that the clocks of Europe/Berlin showed, found "x"',
      'n must be a number with at most 10 digits before and 2 after the comma, like 1.234,5 or 1234,5, found "1.23"',
      `e must be one of ${Array.from({ length: 20 }, (_, index) => `v${index}`).join(', ')} or 3 more, found "\\"${'y'.repeat(99)}" …`,
      'x must be more than 0, found "-1"',
      'w must be a whole number between -2147483648 and 2147483647, found "1,5"',
      'm must be a date like 2025-01-31, of the years 0001 to 9999, found "31.01.2025"',
      'f must be an email address like ada@example.com, found "é"',
    ]);
  });

  it('shows the value as it was in the file, and the spelling of a missing one', async () => {
    const columns = [
      column('a', string, { required: true, standardise: { trim: true, nulls: ['n/a'] } }),
      column('b', { kind: 'int' }, { standardise: { trim: true } }),
    ];

    const found = await brokenRules(dataset(columns), [
      [' n/a', ' x '],
      [null, '1'],
    ]);

    expect(found.map((rules) => rules.map(({ value, message }) => [value, message]))).toEqual([
      [
        [' n/a', 'a is required and is missing or empty, found " n/a"'],
        [' x ', 'b must be a whole number between -2147483648 and 2147483647, found " x "'],
      ],
      [[null, 'a is required and is missing or empty']],
    ]);
  });
});
