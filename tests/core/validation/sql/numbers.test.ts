import { describe, expect, it } from '@jest/globals';
import type { Column } from '../../../../core/contract/dataset.ts';
import { column, damaged, randomOf, SEED, typed } from './evaluate.ts';

/** A decimal as the contract's rules read it, in units of 10^-scale; undefined if it is none, or not exactly one. */
function units(text: string, precision: number, scale: number, point = '.', separators = ''): bigint | undefined {
  let rest = text.startsWith('+') || text.startsWith('-') ? text.slice(1) : text;
  const at = rest.indexOf(point);
  const fraction = at < 0 ? undefined : rest.slice(at + point.length);
  rest = at < 0 ? rest : rest.slice(0, at);
  const groups = [''];
  for (const character of rest) {
    if (separators.includes(character)) groups.push('');
    else groups.push(groups.pop()! + character);
  }
  const isDigits = (part: string) => part.length > 0 && [...part].every((digit) => digit >= '0' && digit <= '9');
  if (!groups.every(isDigits) || (fraction !== undefined && !isDigits(fraction))) return undefined;
  if (groups.length > 1 && (groups[0]!.length > 3 || groups[0]!.startsWith('0'))) return undefined;
  if (groups.slice(1).some((group) => group.length !== 3)) return undefined;
  const kept = (fraction ?? '').padEnd(scale, '0');
  if (/[^0]/.test(kept.slice(scale))) return undefined;
  const value = BigInt(groups.join('') + kept.slice(0, scale));
  if (value >= 10n ** BigInt(precision)) return undefined;
  return text.startsWith('-') ? -value : value;
}

const unitsOf = (written: string | null) => (written === null ? undefined : BigInt(written.replace('.', '')));

const digits = (random: (below: number) => number, length: number) => Array.from({ length }, () => random(10)).join('');

function numberTexts(seed: number, point: string, separators: string, whole: number, scale: number): string[] {
  const random = randomOf(seed);
  return Array.from({ length: 6000 }, () => {
    const sign = ['', '', '', '-', '+'][random(5)]!;
    let text = digits(random, 1 + random(whole + 1));
    if (separators && random(2)) {
      const separator = separators[random(separators.length)]!;
      text = text.replace(/\B(?=(\d{3})+$)/g, separator);
    }
    if (random(2)) text += point + digits(random, 1 + random(scale + 2)) + ['', '', '0', '000000000'][random(4)]!;
    text = sign + text;
    return random(3) === 0 ? damaged(text, random, `0159+-.,' _eE\u00a0\u202f\u2019x٣`) : text;
  }).filter((text) => text !== '');
}

describe('whole numbers', () => {
  it.each([
    ['int', 2n ** 31n],
    ['bigint', 2n ** 63n],
  ] as const)('of type %s are read exactly as an independent reader does', async (kind, limit) => {
    const edges = [limit - 1n, limit, -limit, -limit - 1n, 0n].flatMap((edge) => [
      `${edge}`,
      `${edge}.0`,
      `0${edge}`,
      `${edge}.${'0'.repeat(40)}`,
      `${'0'.repeat(40)}${edge}`,
    ]);
    const texts = [...edges, ...numberTexts(SEED, '.', '', kind === 'int' ? 10 : 19, 1)];
    const expected = texts.map((text) => {
      const [whole = '', fraction] = text.split(/\.(.*)/s);
      if (!/^[+-]?[0-9]+$/.test(whole) || (fraction !== undefined && !/^0+$/.test(fraction))) return null;
      const value = BigInt(whole.replace('+', ''));
      return value >= -limit && value < limit ? String(value) : null;
    });

    const values = await typed(column('a', { kind }), texts);

    expect({ SEED, wrong: texts.filter((_, index) => values[index] !== expected[index]) }).toEqual({ SEED, wrong: [] });
    expect(values.filter((value) => value !== null).length).toBeGreaterThan(500);
    expect(values.filter((value) => value === null).length).toBeGreaterThan(500);
  });
});

describe('decimals', () => {
  it.each([
    [12, 2],
    [2, 2],
    [5, 0],
    [18, 9],
    [38, 10],
    [38, 38],
  ])('of %d digits, %d after the point, are read exactly as an independent reader does', async (precision, scale) => {
    const texts = numberTexts(SEED + precision, '.', '', precision - scale, scale);

    const values = await typed(column('a', { kind: 'decimal', precision, scale }), texts);

    const wrong = texts.filter((text, index) => units(text, precision, scale) !== unitsOf(values[index]!));
    expect({ SEED, wrong }).toEqual({ SEED, wrong: [] });
    expect(values.filter((value) => value !== null).length).toBeGreaterThan(200);
    expect(values.filter((value) => value === null).length).toBeGreaterThan(200);
  });

  it.each([
    [',', '.', '.'],
    [',', ' ', ' \u00a0\u202f'],
    [',', "'", "'\u2019"],
    [undefined, ',', ','],
    [undefined, '_', '_'],
    [',', undefined, ''],
  ] as const)(
    'with the decimal separator %s and the thousands separator %s are read as an independent reader does',
    async (decimalSeparator, thousandsSeparator, separators) => {
      const more: Partial<Column> = { decimalSeparator, thousandsSeparator };
      const texts = numberTexts(SEED, decimalSeparator ?? '.', separators || '.', 9, 3);

      const values = await typed(column('a', { kind: 'decimal', precision: 12, scale: 3 }, more), texts);

      const expected = texts.map((text) => units(text, 12, 3, decimalSeparator ?? '.', separators));
      const wrong = texts.filter((_, index) => expected[index] !== unitsOf(values[index]!));
      expect({ SEED, wrong }).toEqual({ SEED, wrong: [] });
      expect(values.filter((value) => value !== null).length).toBeGreaterThan(500);
    },
  );

  it('are never rounded', async () => {
    const texts = ['1.005', '1.00', '1.000', '0.994999999', '9999999999.99', '10000000000.00', '9999999999.995'];

    const values = await typed(column('a', { kind: 'decimal', precision: 12, scale: 2 }), texts);

    expect(values).toEqual([null, '1.00', '1.00', null, '9999999999.99', null, null]);
  });
});

describe('numbers', () => {
  const odd = [
    '1,2,3',
    '1.2.3',
    '1.234',
    '1.234.567',
    '1234',
    '1.2345',
    '12.34',
    '0.123',
    '.123',
    '1.234,5',
    '1,5',
    '-1.234,50',
    '+5,0',
    '1..234',
    ',5',
    '5,',
  ];
  const german: Partial<Column> = { decimalSeparator: ',', thousandsSeparator: '.' };

  it('take separators only where they belong', async () => {
    const values = await typed(column('a', { kind: 'decimal', precision: 12, scale: 2 }, german), odd);

    expect(Object.fromEntries(odd.map((text, index) => [text, values[index]]))).toEqual({
      ...Object.fromEntries(odd.map((text) => [text, null])),
      '1.234': '1234.00',
      '1.234.567': '1234567.00',
      '1234': '1234.00',
      '1.234,5': '1234.50',
      '1,5': '1.50',
      '-1.234,50': '-1234.50',
      '+5,0': '5.00',
    });
  });

  it('take them for whole numbers and doubles too', async () => {
    const whole = await typed(column('a', { kind: 'int' }, german), ['1.234', '1.234,0', '1,5', '1234567']);
    const double = await typed(column('a', { kind: 'double' }, german), ['1.234,5', '1,5e3', '1.5', '1e3']);

    expect(whole).toEqual(['1234', '1234', null, '1234567']);
    expect(double).toEqual(['1234.5', '1500.0', null, '1000.0']);
  });

  it('are not what a lenient cast takes for them', async () => {
    const texts = [
      ' 1 ',
      '1 ',
      '1.5',
      '1e3',
      '1_000',
      '0x10',
      '0b1',
      'NaN',
      'nan',
      'Infinity',
      '-inf',
      '٣',
      '１',
      '1\u00a0',
      '--1',
      '+',
      '-',
      '.',
      '1.',
      '.5',
      'true',
      '9'.repeat(400),
    ];

    const int = await typed(column('a', { kind: 'int' }), texts);
    const bigint = await typed(column('a', { kind: 'bigint' }), texts);
    const decimal = await typed(column('a', { kind: 'decimal', precision: 9, scale: 0 }), texts);
    const double = await typed(column('a', { kind: 'double' }), texts);

    expect([int, bigint, decimal]).toEqual(Array(3).fill(texts.map(() => null)));
    expect(texts.filter((_, index) => double[index] !== null)).toEqual(['1.5', '1e3']);
  });

  it('are taken with a sign, leading zeros and a fraction of zeros', async () => {
    const texts = ['+5', '-0', '007', '5.0', '-5.000', '2147483647', '2147483648', '-2147483648', '-2147483649'];

    const values = await typed(column('a', { kind: 'int' }), texts);

    expect(values).toEqual(['5', '0', '7', '5', '-5', '2147483647', null, '-2147483648', null]);
  });

  it('of type double are the nearest that JavaScript reads too, and never infinite', async () => {
    const random = randomOf(SEED);
    const texts = Array.from({ length: 5000 }, () => {
      const text = `${['', '-', '+'][random(3)]}${digits(random, 1 + random(20))}${random(2) ? `.${digits(random, 1 + random(20))}` : ''}`;
      return text + (random(2) ? `${'eE'[random(2)]}${['', '-', '+'][random(3)]}${random(400)}` : '');
    });

    const values = await typed(column('a', { kind: 'double' }), texts);

    const wrong = texts.filter((text, index) => {
      const expected = Number(text);
      return Number.isFinite(expected)
        ? values[index] === null || Number(values[index]) !== expected
        : values[index] !== null;
    });
    expect({ SEED, wrong }).toEqual({ SEED, wrong: [] });
  });
});

describe('booleans', () => {
  it('are true or false in any case, and not 1, yes or t', async () => {
    const texts = ['true', 'TRUE', 'False', 'fAlSe', '1', '0', 't', 'yes', 'on', ' true'];

    const values = await typed(column('a', { kind: 'boolean' }), texts);

    expect(values).toEqual(['true', 'true', 'false', 'false', null, null, null, null, null, null]);
  });
});
