import { bad, bare, type Cell, decimal, good, missing, wrong } from '../cells.ts';
import type { Plan, Seed } from '../plan.ts';
import type { Random } from '../random.ts';

const LETTERS = [
  'a',
  'Z',
  '0',
  'é',
  '😀',
  '漢',
  '"',
  '\\',
  '\n',
  '\t',
  '/',
  '\u0001',
  '\u2028',
  ' ',
  '{',
  '}',
  ',',
  ':',
];
const LARGEST = 2n ** 63n - 1n;
const SIZES = [0, -0, 5e-324, 2.2250738585072014e-308, -1e300, 1e300, 0.1, 1 / 3, 123456789012345680, 1e21];

/** A JSON value that is no text: the column that finds it shows its source. */
const container = (json: string, ...breaks: string[]): Cell => ({ ...bad(json, ...breaks), json });

const number = (text: string, ...breaks: string[]): Cell => bare(bad(text, ...breaks));

const int64 = ({ random }: Seed, from: bigint): Cell => {
  const value = String(random.pick([from, LARGEST, 9_007_199_254_740_993n, random.bigint(from, LARGEST)]));
  return random.chance(0.8) ? bare(good(value)) : good(value);
};

const double = (value: number, random: Random): Cell => {
  // Minus zero is stored as zero.
  const cell = Object.is(value, -0) ? good(0, '-0.0') : good(value);
  return random.chance(0.8) ? bare(cell) : cell;
};

export const events: Plan = {
  contract: 'events',
  keyed: false,
  extras: [
    { name: 'zeta', make: (random) => random.pick(['1.10', '12345678901234567890', 'null', '""', 'true']) },
    { name: 'al"pha', make: (random) => random.pick(['{"b":[1,{"c":"}"}],"a":null}', '"😀"', '[]', '1e400']) },
  ],
  faults: [
    (row) => ({
      ...row,
      twice: 'counter',
      breaks: [...row.breaks, { rule: 'counter.duplicate_key', value: 'counter' }],
    }),
  ],
  fields: [
    {
      name: 'user_id',
      headers: ['user_id', 'userId', 'USERID'],
      good: (seed) => int64(seed, 1n),
      bad: [
        () => bad('', 'required'),
        () => bare(wrong('0', '0', 'minimum')),
        () => bare(wrong('-9223372036854775808', '-9223372036854775808', 'minimum')),
        () => number('9223372036854775808', 'type'),
        () => number('1.5', 'type'),
        () => number('1e101', 'type'),
        () => number('true', 'type'),
        () => container('{"id": 1}', 'type'),
        () => container('[1]', 'type'),
        () => bad('1,000', 'type'),
        () => bad(' 1', 'type'),
      ],
    },
    {
      name: 'kind',
      headers: ['kind'],
      good: ({ random }) => good(random.pick(['view', 'click', 'buy'])),
      bad: [
        () => bad('', 'required'),
        () => bad('View', 'enum'),
        () => number('1', 'enum'),
        () => container('["view"]', 'type', 'enum'),
      ],
    },
    {
      name: 'score',
      headers: ['score', 'Score'],
      good: ({ random }) =>
        random.chance(0.2) ? missing() : double(random.pick([...SIZES, random.next(), -random.next() * 1e9]), random),
      bad: [
        () => bare(wrong(1.0000000000000002e300, '1.0000000000000002e+300', 'maximum')),
        () => number('1e400', 'type'),
        ...['NaN', 'Infinity', '-inf', '0x1p3', '1_0', '.5', '1.'].map((text) => () => bad(text, 'type')),
        () => number('false', 'type'),
      ],
    },
    {
      name: 'is_bot',
      headers: ['is_bot'],
      good({ random }) {
        const value = random.chance(0.5);
        return random.pick([missing(), bare(good(value)), bare(good(value)), good(value, String(value).toUpperCase())]);
      },
      bad: [() => number('1', 'type'), () => bad('yes', 'type'), () => bad(' true', 'type'), () => bad('t', 'type')],
    },
    {
      name: 'happened_at',
      headers: ['happened_at'],
      good({ random }) {
        const millis = random.pick([-315_619_200_000n, 0n, random.bigint(-315_619_200_000n, 253_402_300_799_999n)]);
        const cell = good(String(millis * 1000n), String(millis));
        return random.chance(0.8) ? bare(cell) : cell;
      },
      bad: [
        () => bad('', 'required'),
        () => bare(wrong('-315619200001000', '-315619200001', 'minimum')),
        () => number('1735689600000.5', 'type'),
        () => number('253402300800000', 'type'),
        () => number('9223372036854775807', 'type'),
        () => number('1e12', 'type'),
        () => bad('2025-01-01T00:00:00Z', 'type'),
      ],
    },
    {
      name: 'value',
      headers: ['value'],
      good({ random }) {
        const limit = 10n ** 38n - 1n;
        const plain = decimal(random.pick([limit, -limit, 1n, 0n, random.bigint(-(10n ** 15n), 10n ** 15n)]), 10);
        // As a program writes such a number that works with doubles.
        if (random.chance(0.05)) return { ...good('1500.0000000000'), json: '1.5e3' };
        return random.chance(0.3) ? missing() : random.chance(0.7) ? bare(good(plain)) : good(plain);
      },
      bad: [
        () => number('10000000000000000000000000000', 'type'),
        () => number('0.00000000001', 'type'),
        () => number('1e101', 'type'),
      ],
    },
    {
      name: 'message',
      headers: ['message', 'MESSAGE'],
      good({ random }) {
        if (random.chance(0.2)) return missing();
        // Numbers keep the digits that they were written with, as texts as well.
        if (random.chance(0.1)) return bare(good(random.pick(['1.10', '-0', '1E5', '12345678901234567890', 'true'])));
        return good(random.text(LETTERS, 1, 40));
      },
      bad: [
        () => bad('😀'.repeat(61), 'max_length'),
        () => container('{"a":1}', 'type'),
        () => container(`[${'1,'.repeat(40)}1]`, 'type', 'max_length'),
        () => ({ ...container('"half \\ud83d"', 'invalid_character') }),
        () => ({ ...container('"nul \\u0000"', 'invalid_character') }),
      ],
    },
    {
      name: 'counter',
      headers: ['counter'],
      good: (seed) => (seed.random.chance(0.3) ? missing() : int64(seed, -(2n ** 63n))),
      bad: [() => number('-9223372036854775809', 'type'), () => number('1.25', 'type')],
    },
  ],
};
