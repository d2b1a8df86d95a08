import { describe, expect, it } from '@jest/globals';
import type { Column } from '../../../../core/contract/dataset.ts';
import { CURRENCIES, SYMBOLS } from '../../../../core/contract/money.ts';
import { literal } from '../../../../core/validation/sql/text.ts';
import { typedRowsSql } from '../../../../core/validation/sql/typed.ts';
import { brokenRules, column, damaged, dataset, query, randomOf, SEED } from './evaluate.ts';

const money = (more: Partial<Column> = {}, currency: Partial<Column> = {}, symbols: Record<string, string> = {}) =>
  dataset([
    column(
      'price',
      { kind: 'decimal', precision: 12, scale: 2 },
      { money: { currency: 'currency', symbols }, ...more },
    ),
    column('currency', { kind: 'string' }, { filledBy: ['price'], ...currency }),
  ]);

type Pair = [price: string | null, currency: string | null];

/** Price and currency as they are read from texts, and the rules that the row breaks. */
async function read(of: ReturnType<typeof money>, pairs: Pair[]): Promise<(string | null)[][]> {
  const sql = (text: string | null) => (text ? literal(text) : 'NULL::VARCHAR');
  const rows = pairs.map(([price, currency], record) => `(${record}, ${sql(price)}, ${sql(currency)})`);
  const typed = typedRowsSql(of, `SELECT * FROM (VALUES ${rows.join(', ')}) AS rows(_record, r0, r1)`);
  const values = await query(`SELECT v0::VARCHAR AS price, v1 AS currency FROM (${typed}) ORDER BY _record`);
  const broken = await brokenRules(of, pairs);
  return values.map(({ price, currency }, index) => [
    price as string | null,
    currency as string | null,
    ...broken[index]!.map((rule) => `${rule.column}.${rule.rule}`),
  ]);
}

/** The row as an independent reader understands it, character by character. */
function oracle([price, own]: Pair, point: string, group: string, symbols: Record<string, string>): (string | null)[] {
  const found = price === null || price === '' ? undefined : amount(price, point, group, symbols);
  if (!price) return [null, own];
  if (!found) return [null, own, 'price.type'];
  if (found.code && own && found.code !== own) return [found.value, own, 'price.currency'];
  return [found.value, own ?? found.code ?? null];
}

function amount(price: string, point: string, group: string, symbols: Record<string, string>) {
  let rest = price;
  const negative = rest.startsWith('(') && rest.endsWith(')');
  if (negative) rest = rest.slice(1, -1);
  const codes: string[] = [];
  const spellings = [...Object.keys(symbols), ...CURRENCIES].sort((a, b) => b.length - a.length);
  const signs: string[] = [];
  const takeSign = () => {
    if (rest[0] !== '-' && rest[0] !== '+') return;
    signs.push(rest[0]);
    rest = rest.slice(1);
  };
  const isSpace = (character: string | undefined) =>
    character === ' ' || character === '\u00a0' || character === '\u202f';
  takeSign();
  const before = spellings.find((spelling) => rest.startsWith(spelling));
  if (before) {
    codes.push(before);
    rest = rest.slice(before.length);
  }
  while (before && isSpace(rest[0])) rest = rest.slice(1);
  takeSign();
  const after = spellings.find((spelling) => rest.endsWith(spelling));
  if (after) {
    codes.push(after);
    rest = rest.slice(0, rest.length - after.length);
  }
  while (after && isSpace(rest.at(-1))) rest = rest.slice(0, -1);
  if (codes.length > 1 || signs.length > (negative ? 0 : 1)) return undefined;
  const value = decimal(rest, point, group);
  if (value === undefined) return undefined;
  const code = codes[0] === undefined ? undefined : (symbols[codes[0]] ?? codes[0]);
  return { code, value: (negative || signs[0] === '-') && /[1-9]/.test(value) ? `-${value}` : value };
}

function decimal(text: string, point: string, group: string): string | undefined {
  const [whole = '', fraction, ...more] = text.split(point);
  const isDigits = (part: string) => part !== '' && [...part].every((digit) => '0123456789'.includes(digit));
  const groups = group ? whole.replace(/[\u00a0\u202f]/g, group === ' ' ? ' ' : '$&').split(group) : [whole];
  if (more.length > 0 || !groups.every(isDigits) || (fraction !== undefined && !isDigits(fraction))) return undefined;
  if (groups.length > 1 && (groups[0]!.length > 3 || groups[0]!.startsWith('0'))) return undefined;
  if (groups.slice(1).some((part) => part.length !== 3)) return undefined;
  if (/[1-9]/.test(fraction?.slice(2) ?? '')) return undefined;
  const digits = groups.join('').replace(/^0+(?=.)/, '');
  return digits.length > 10 ? undefined : `${digits}.${(fraction ?? '').slice(0, 2).padEnd(2, '0')}`;
}

describe('amounts that carry their currency', () => {
  it('are read with the code or the symbol before or behind them', async () => {
    const texts: [string, string | null, string | null][] = [
      ['EUR 120.50', '120.50', 'EUR'],
      ['120.50 EUR', '120.50', 'EUR'],
      ['€120.50', '120.50', 'EUR'],
      ['120.50\u00a0€', '120.50', 'EUR'],
      ['EUR\u202f7', '7.00', 'EUR'],
      ['US$ 9', '9.00', 'USD'],
      ['JPY9', '9.00', 'JPY'],
      ['-€5', '-5.00', 'EUR'],
      ['€-5', '-5.00', 'EUR'],
      ['+5 zł', '5.00', 'PLN'],
      ['(5.00 EUR)', '-5.00', 'EUR'],
      ['(€5)', '-5.00', 'EUR'],
      ['(5)', '-5.00', null],
      ['12.5', '12.50', null],
    ];

    const found = await read(
      money(),
      texts.map(([text]) => [text, null]),
    );

    expect(found).toEqual(texts.map(([, price, currency]) => [price, currency]));
  });

  it('are no amounts when it is not plain what they are worth', async () => {
    const texts = [
      ...['$5', '£5', '¥5', '5 kr', 'eur 5', 'XXX 5', 'ABC 5', 'EUR 5 EUR', '€5 EUR', '-€-5', '- €5', '(-5 EUR)'],
      ...['(5 EUR', '5 EUR)', 'EUR (5)', '5- EUR', 'EUR', '€', '€ 1.234', 'EUR1,5', '€.5', '5 €uro', 'about 5 EUR'],
      ...['EUR\t5', 'EUR 5 ', 'EUR 1e3', 'EUREUR 5', '5 5 EUR', 'US$US$5', '€٣'],
    ];

    const found = await read(
      money(),
      texts.map((text) => [text, null]),
    );

    expect(found.map(([price, , ...rules]) => [price, ...rules])).toEqual(texts.map(() => [null, 'price.type']));
  });

  it('fill the currency, and are refused with a sentence where the row has another', async () => {
    const of = money({}, { required: true, enum: ['EUR', 'USD'] });
    const pairs: Pair[] = [
      ['EUR 5', null],
      ['EUR 5', 'EUR'],
      ['5', 'USD'],
      ['EUR 5', 'USD'],
      ['5', null],
      ['GBP 5', null],
      [null, 'EUR'],
    ];

    const found = await read(of, pairs);
    const rules = await brokenRules(of, pairs);

    expect(found).toEqual([
      ['5.00', 'EUR'],
      ['5.00', 'EUR'],
      ['5.00', 'USD'],
      ['5.00', 'USD', 'price.currency'],
      ['5.00', null, 'currency.required'],
      ['5.00', 'GBP', 'currency.enum'],
      [null, 'EUR'],
    ]);
    expect(rules[3]![0]).toMatchObject({
      value: 'EUR 5',
      message: 'price must be in the currency that the column currency says, found "EUR 5" where currency is USD',
    });
    expect(rules[4]![0]).toMatchObject({ value: null, message: 'currency is required and is missing or empty' });
    expect(rules[5]![0]).toMatchObject({
      value: 'GBP 5',
      message: 'currency must be one of EUR, USD, found "GBP 5"',
    });
  });

  it('are checked by the rules of the column, on the amount itself', async () => {
    const of = money({ minimum: '0', maximum: '100', multipleOf: '0.5' });

    const found = await read(of, [
      ['EUR 100.50', null],
      ['-1 EUR', null],
      ['(€0.25)', null],
    ]);

    expect(found).toEqual([
      ['100.50', 'EUR', 'price.maximum'],
      ['-1.00', 'EUR', 'price.minimum'],
      ['-0.25', 'EUR', 'price.minimum', 'price.multiple_of'],
    ]);
  });

  it('are spelled as the currency is standardised', async () => {
    const upper = money(
      {},
      { standardise: { trim: true, case: 'upper', values: { RMB: 'CNY' } }, enum: ['CNY', 'RMB'] },
    );
    const lower = money({}, { standardise: { case: 'lower', nulls: ['xdr'] } }, { $: 'USD' });

    const found = [
      await read(upper, [
        ['rmb 5', null],
        ['cny 5', ' RMB '],
        ['Eur 5', ' eur'],
      ]),
      await read(lower, [
        ['$5', null],
        ['$5', 'USD'],
        ['XDR 5', null],
      ]),
    ];

    expect(found).toEqual([
      [
        ['5.00', 'CNY'],
        ['5.00', 'CNY'],
        ['5.00', 'EUR', 'currency.enum'],
      ],
      [
        ['5.00', 'usd'],
        ['5.00', 'usd'],
        ['5.00', null],
      ],
    ]);
  });

  it('agree with one another where several fill one currency', async () => {
    const decimal = { kind: 'decimal', precision: 12, scale: 2 } as const;
    const of = dataset([
      column('currency', { kind: 'string' }, { filledBy: ['price', 'fee'] }),
      column('price', decimal, { money: { currency: 'currency', symbols: {} } }),
      column('fee', decimal, { money: { currency: 'currency', symbols: {} } }),
    ]);

    const broken = await brokenRules(of, [
      [null, '€5', '1 EUR'],
      [null, '5', '1 EUR'],
      [null, '€5', 'US$1'],
      ['GBP', '€5', 'US$1'],
    ]);

    expect(broken.map((rules) => rules.map(({ message }) => message))).toEqual([
      [],
      [],
      ['fee must be in the currency that the column currency says, found "US$1" where currency is EUR'],
      [
        'price must be in the currency that the column currency says, found "€5" where currency is GBP',
        'fee must be in the currency that the column currency says, found "US$1" where currency is GBP',
      ],
    ]);
  });

  it.each([
    [undefined, undefined],
    [',', '.'],
    [',', ' '],
    [undefined, "'"],
  ] as const)(
    'with the decimal separator %s and the thousands separator %s are read as an independent reader does',
    async (decimalSeparator, thousandsSeparator) => {
      const random = randomOf(SEED);
      const pick = <T>(items: readonly T[]) => items[random(items.length)]!;
      const mapped = { $: 'USD', kr: 'SEK', 'Rs.': 'INR', '\\o/': 'ILS', '[]': 'NOK' };
      const symbols = { ...SYMBOLS, ...mapped };
      const tokens = [
        ...Object.keys(symbols),
        ...Object.keys(mapped),
        'EUR',
        'USD',
        'SEK',
        'CHF',
        'XXX',
        'ABC',
        'usd',
        '£',
        '',
      ];
      const pairs = Array.from({ length: 6000 }, (): Pair => {
        let digits = String(random(pick([10, 1000, 10_000_000, 2 ** 31])));
        if (random(2)) digits = digits.replace(/\B(?=(\d{3})+$)/g, thousandsSeparator ?? '');
        if (random(2)) digits += (decimalSeparator ?? '.') + pick(['5', '50', '05', '005', '500']);
        const space = () => pick(['', ' ', '\u00a0', '\u202f', '  ']);
        const sign = () => pick(['', '', '', '-', '+']);
        const [before, after] = pick([
          [pick(tokens), ''],
          ['', pick(tokens)],
          ['', ''],
          [pick(tokens), pick(tokens)],
        ]);
        let text = `${sign()}${before}${before ? space() : ''}${pick([sign(), ''])}${digits}${after ? space() : ''}${after}`;
        if (random(5) === 0) text = `(${text})`;
        if (random(6) === 0) text = damaged(text, random, `05+-().,' €$EURk\u00a0\u202f\u2019x`);
        return [text, pick([null, null, 'EUR', 'USD', 'SEK'])];
      });
      const of = money({ decimalSeparator, thousandsSeparator }, {}, mapped);

      const found = await read(of, pairs);

      const group = thousandsSeparator === "'" ? "'" : (thousandsSeparator ?? '');
      const expected = pairs.map(([price, own]) =>
        oracle(
          [group === "'" ? (price?.replaceAll('\u2019', "'") ?? null) : price, own],
          decimalSeparator ?? '.',
          group,
          symbols,
        ),
      );
      // What a refused row holds is not to be relied on.
      const shown = (row: (string | null)[]) => JSON.stringify(row.length > 2 ? row.slice(2) : row);
      const wrong = pairs.flatMap((pair, index) =>
        shown(found[index]!) === shown(expected[index]!) ? [] : [[pair, found[index], expected[index]]],
      );
      expect({ SEED, wrong: wrong.slice(0, 5) }).toEqual({ SEED, wrong: [] });
      const fates = (rule: string) => found.filter((row) => row[2] === rule).length;
      expect(found.filter((row) => row.length === 2).length).toBeGreaterThan(800);
      expect(fates('price.type')).toBeGreaterThan(800);
      expect(fates('price.currency')).toBeGreaterThan(200);
    },
  );
});

describe('the currencies that are known', () => {
  it('are ones that Unicode knows too, but for those that are younger than its data', () => {
    const known = new Set(Intl.supportedValuesOf('currency'));

    expect(CURRENCIES.filter((code) => !known.has(code) && !['XAD', 'XCG', 'ZWG', 'VED'].includes(code))).toEqual([]);
    expect(new Set(CURRENCIES).size).toBe(CURRENCIES.length);
  });

  it('have symbols that no other currency has', () => {
    const shown = (display: 'symbol' | 'narrowSymbol', symbol: string) =>
      CURRENCIES.filter((currency) =>
        new Intl.NumberFormat('en-AG', { style: 'currency', currency, currencyDisplay: display })
          .formatToParts(1)
          .some(({ type, value }) => type === 'currency' && value === symbol),
      );

    for (const [symbol, code] of Object.entries(SYMBOLS)) {
      const owners = new Set([...shown('symbol', symbol), ...shown('narrowSymbol', symbol)]);
      expect([symbol, ...owners].filter((owner) => owner !== symbol && owner !== code)).toEqual([]);
    }
  });
});
