import { bad, decimal, good, isoSpellings, isoTime, missing, wrong } from '../cells.ts';
import type { Plan, Seed } from '../plan.ts';

const YEAR_2000 = 946_684_800_000_000n;
const YEAR_2100 = 4_102_444_800_000_000n;

const LETTERS = ['a', 'Z', '0', 'é', 'ß', '😀', '漢', '-', '#', ';', '|', '\\', 'و', '\u00a0'];
const ANY = [...LETTERS, ...LETTERS, ',', '"', '\n', '\r\n', '\t', "'", ' ', '5" ', 'NULL', 'a\u0301'];

const instant = (micros: bigint, { random }: Seed) => {
  const spellings = isoSpellings(micros, random);
  return good(String(micros), random.pick(spellings), { spellings });
};

/** Letters at both ends, so that no quote or delimiter stands there. */
const note = ({ random }: Seed) => {
  const middle = random.text(ANY, 0, 12);
  return `${random.pick(LETTERS)}${middle}${random.pick(LETTERS)}`;
};

export const orders: Plan = {
  contract: 'orders',
  keyed: true,
  extras: [
    { name: 'Zusatz "neu"', make: (random) => random.pick(['""', '"x, y"', '"a\\"b"', '"1.10"']) },
    { name: 'channel', make: (random) => random.pick(['"web"', '"shop"', '""']) },
  ],
  fields: [
    {
      name: 'order_id',
      headers: ['order_id', 'ORDER_ID', 'order no', 'Order No'],
      good: ({ n }) => good(`O-${String(n).padStart(8, '0')}`),
      bad: [
        () => bad('', 'required'),
        ({ n }) => bad(`o-${String(n).padStart(8, '0')}`, 'pattern'),
        ({ n }) => bad(`O-${String(n).padStart(8, '0')}\n`, 'pattern', 'max_length'),
        () => bad('O-1234567890', 'pattern', 'max_length'),
        () => bad(' ', 'pattern'),
        () => bad('O-١٢٣٤٥٦٧٨', 'pattern'),
      ],
    },
    {
      name: 'customer_id',
      headers: ['customer_id'],
      good: ({ random }) => good(`C-${random.int(100_000, 9_999_999)}`),
      bad: [() => bad('', 'required'), () => bad('C-12345', 'pattern'), () => bad(' C-123456', 'pattern')],
    },
    {
      name: 'quantity',
      headers: ['quantity', 'QTY', 'Quantity'],
      good({ random }) {
        const value = random.pick([1, 2, 1000, random.int(1, 1000)]);
        return good(value, String(value), { spellings: [`+${value}`, `00${value}`, `${value}.0`] });
      },
      bad: [
        () => bad('', 'required'),
        () => wrong(0, '0', 'minimum'),
        () => wrong(-1, '-1', 'minimum'),
        () => wrong(1001, '1001', 'maximum'),
        () => wrong(2147483647, '2147483647', 'maximum'),
        ...['2147483648', '1.5', '1e3', ' 1', '1_000', '0x10', 'one', '1,0', 'NaN', '--1', '٣', '½', 'NULL'].map(
          (text) => () => bad(text, 'type'),
        ),
      ],
    },
    {
      name: 'unit_price',
      headers: ['unit_price'],
      good({ random }) {
        const cents = random.pick([0n, 1n, 100_000_000n, random.bigint(0n, 100_000_000n)]);
        const plain = decimal(cents, 2);
        return good(plain, plain, { spellings: [`+${plain}`, `0${plain}`, `${plain}0`] });
      },
      bad: [
        () => bad('', 'required'),
        () => wrong('-0.01', '-0.01', 'minimum'),
        () => wrong('1000000.01', '1000000.01', 'maximum'),
        () => wrong('9999999999.99', '9999999999.99', 'maximum'),
        ...['10000000000', '1.005', '1e2', '1,5', '.5', '5.', '1.000,00', 'Infinity', '$5', '12.34 '].map(
          (text) => () => bad(text, 'type'),
        ),
      ],
    },
    {
      name: 'status',
      headers: ['status', 'Status'],
      good: ({ random }) => good(random.pick(['placed', 'paid', 'shipped', 'cancelled'])),
      bad: [
        () => bad('', 'required'),
        () => bad('Paid', 'enum'),
        () => bad('paid ', 'enum'),
        () => bad('null', 'enum'),
      ],
    },
    {
      name: 'note',
      headers: ['note'],
      good: (seed) => (seed.random.chance(0.3) ? missing() : good(note(seed))),
      bad: [() => bad('x', 'min_length'), () => bad('😀', 'min_length'), () => bad('é'.repeat(41), 'max_length')],
    },
    {
      name: 'order_ts',
      headers: ['order_ts'],
      good(seed) {
        const any = seed.random.bigint(YEAR_2000, YEAR_2100 - 1_000_000n);
        return instant(seed.random.pick([YEAR_2000, YEAR_2100 - 1_000_000n, any, any, any]), seed);
      },
      bad: [
        () => bad('', 'required'),
        () => wrong(String(YEAR_2000 - 1n), `${isoTime(YEAR_2000 - 1n)}Z`, 'minimum'),
        () => wrong(String(YEAR_2100 - 999_999n), `${isoTime(YEAR_2100 - 999_999n)}Z`, 'maximum'),
        ...[
          '2025-02-29T00:00:00Z',
          '2025-01-01T24:00:00Z',
          '2025-01-01T00:60:00Z',
          '2025-01-01',
          '2025-01-01T00:00:00.1234567Z',
          '2025-01-01T00:00:00 UTC',
          'epoch',
          'now',
          '01.02.2025 00:00:00',
          '2025-01-01T00:00:00+25:00',
          '0000-01-01T00:00:00Z',
          ' 2025-01-01T00:00:00Z',
          '1735689600',
        ].map((text) => () => bad(text, 'type')),
      ],
    },
    {
      name: 'updated_at',
      headers: ['updated_at', 'Updated_At'],
      // A microsecond decides which version is the newest, whatever the offsets that they are written with.
      good: (seed) => instant(YEAR_2000 + BigInt(seed.n) * 1_000_000n + BigInt(seed.rank), seed),
      bad: [() => bad('', 'required'), () => bad('yesterday', 'type')],
    },
  ],
};
