import { bad, bare, type Cell, decimal, good, isoDay, missing, wrong } from '../cells.ts';
import type { Plan } from '../plan.ts';
import type { Random } from '../random.ts';

const FIRST = 10_957;
const LAST_DAY = 2_932_896;

const number = (value: string | number, text = String(value), ...breaks: string[]): Cell =>
  bare(wrong(value, text, ...breaks));

/** Days since 1970 as a date, mostly in this century. */
const dayOf = (n: number) => (n % 97 === 0 ? LAST_DAY - 40 : FIRST + ((n * 13) % 20_000));

const stay = (n: number, random: Random) => dayOf(n) + random.int(1, 30);

export const bookings: Plan = {
  contract: 'bookings',
  keyed: true,
  extras: [],
  faults: [
    (row, random) => {
      const json = random.pick(['{"a":[1,2]}', '"?"', '1.10', 'true']);
      return {
        ...row,
        extras: [...row.extras, ['surprise', json]],
        breaks: [...row.breaks, { rule: 'surprise.unknown_column', value: json }],
      };
    },
  ],
  rowRules(value) {
    const [from, to] = [value('check_in'), value('check_out')];
    const [guests, price] = [value('guests'), value('price')];
    // The years are written with four digits, so that dates compare as their texts do.
    const isBackward = from !== null && to !== null && from >= to;
    const isCheap = guests !== null && price !== null && Number(guests) >= 10 && Number(price) < 100;
    return { breaks: isBackward ? ['stay_is_forward'] : [], warns: isCheap ? ['large_party_pays'] : [] };
  },
  fields: [
    {
      name: 'booking_id',
      headers: ['booking_id'],
      good: ({ n }) => bare(good(String(BigInt(n) - 100n))),
      bad: [() => bad('', 'required'), () => number('1.5', '1.5', 'type')].map((make) => () => ({
        ...make(),
        value: null,
      })),
    },
    {
      name: 'check_in',
      headers: ['check_in', 'CHECK_IN'],
      good: ({ n }) => good(isoDay(dayOf(n))),
      bad: [
        () => bad('', 'required'),
        () => wrong('1999-12-31', '1999-12-31', 'minimum'),
        () => wrong('0001-01-01', '0001-01-01', 'minimum'),
        // After every departure: the rule on the whole row is broken as well.
        () => wrong('9999-12-31', '9999-12-31'),
        ...['2025-02-29', '2025-1-1', '01.01.2025', '2025-01-01T00:00:00Z', '10000-01-01', '-0001-01-01'].map(
          (text) => () => bad(text, 'type'),
        ),
      ],
    },
    {
      name: 'check_out',
      headers: ['check_out'],
      good: ({ n, random }) => good(isoDay(stay(n, random))),
      bad: [
        () => bad('', 'required'),
        () => wrong('1999-12-31', '1999-12-31'),
        ({ n }) => wrong(isoDay(dayOf(n)), isoDay(dayOf(n))),
        () => bad('tomorrow', 'type'),
      ],
    },
    {
      name: 'guests',
      headers: ['guests'],
      good: ({ random }) => number(random.pick([1, 2, 9, 10, 19])),
      bad: [
        () => bad('', 'required'),
        () => number(0, '0', 'minimum'),
        () => number(20, '20', 'exclusive_maximum'),
        () => number(2147483647, '2147483647', 'exclusive_maximum'),
        () => ({ ...number(0, '2147483648', 'type'), value: null }),
      ],
    },
    {
      name: 'price',
      headers: ['price'],
      good({ random }) {
        const plain = decimal(5n * random.pick([1n, 2000n, 1999n, random.bigint(1n, 199_999_999n)]), 2);
        return random.chance(0.7) ? number(plain) : good(plain);
      },
      bad: [
        () => bad('', 'required'),
        () => number('0.00', '0', 'exclusive_minimum'),
        () => number('-0.05', '-0.05', 'exclusive_minimum'),
        () => number('0.01', '0.01', 'multiple_of'),
        () => number('99999999.99', '99999999.99', 'multiple_of'),
        () => number('-0.01', '-0.01', 'exclusive_minimum', 'multiple_of'),
        () => ({ ...number('', '0.005', 'type'), value: null }),
      ],
    },
    {
      name: 'nights_in_package',
      headers: ['nights_in_package'],
      good: ({ random }) => (random.chance(0.4) ? missing() : number(7 * random.int(-3, 300))),
      bad: [() => number(1, '1', 'multiple_of'), () => number(-8, '-8', 'multiple_of'), () => bad('7 nights', 'type')],
    },
    {
      name: 'rating',
      headers: ['rating'],
      good({ random }) {
        if (random.chance(0.3)) return missing();
        const value = random.pick([5e-324, 5.499999999999999, 5.5, 6, random.next() * 5 + 0.01]);
        return { ...number(value), warns: value >= 5.5 ? ['exclusive_maximum'] : [] };
      },
      bad: [
        () => number(0, '0', 'exclusive_minimum'),
        () => number(-0, '-0.0', 'exclusive_minimum'),
        () => bad('good', 'type'),
      ],
    },
    {
      name: 'remark',
      headers: ['remark'],
      good({ random }) {
        if (random.chance(0.5)) return missing();
        const text = `r${random.text(['a', '"', '😀', '[', ']', '{', '}', '\\', ',', '\n'], 0, 24)}`;
        return { ...good(text), warns: [...text].length > 20 ? ['max_length'] : [] };
      },
      bad: [],
    },
    {
      name: 'revision',
      headers: ['revision'],
      good: ({ rank }) => (rank === 0 ? missing() : number(decimal(BigInt(rank) * 20n - 99_999n, 3))),
      bad: [
        () => ({ ...number('', '100000', 'type'), value: null }),
        () => ({ ...number('', '1.2345', 'type'), value: null }),
      ],
    },
  ],
};
