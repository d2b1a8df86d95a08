import { bad, berlinTime, type Cell, DAY, decimal, german, good, isoDay, missing, wrong } from '../cells.ts';
import type { Plan, Seed } from '../plan.ts';

const ANY = ['a', 'Z', '0', 'ä', 'Ö', 'ß', '€', '™', '’', ';', "'", '"', '\n', ',', '.', ' '];
const LETTERS = ['A', 'b', 'ü', 'É', 'ß', '€'];

const money = (unscaled: bigint, scale: number): Cell => {
  const plain = decimal(unscaled, scale);
  const spellings = [german(plain, true), german(plain, false), `${german(plain, false)}0`];
  return good(plain, spellings[0], { spellings });
};

const germanDay = (days: number) => isoDay(days).split('-').reverse().join('.');

const payee = ({ random }: Seed) => `${random.pick(LETTERS)}${random.text(ANY, 0, 12)}${random.pick(LETTERS)}`;

/** A second that Berlin's clocks show only once: not of the hour that is there twice in autumn. */
function unambiguous(second: number): number {
  const shown = berlinTime(second);
  const isTwice = shown === berlinTime(second - 3600) || shown === berlinTime(second + 3600);
  return isTwice ? second + 7200 : second;
}

export const payments: Plan = {
  contract: 'payments',
  keyed: true,
  extras: [],
  fields: [
    {
      name: 'payment_no',
      headers: ['payment_no', 'Zahlungsnummer', 'ZAHLUNGSNUMMER'],
      // Half of a composite key: the same numbers come in other accounts.
      good({ n }) {
        const value = String(1 + (n % 1000) * 7919);
        return good(value, german(value, n % 2 === 0), { spellings: [value, german(value, true), `0${value}`] });
      },
      bad: [
        () => bad('', 'required'),
        () => wrong('0', '0', 'minimum'),
        () => wrong('-9223372036854775808', '-9.223.372.036.854.775.808', 'minimum'),
        ...['9.223.372.036.854.775.808', '1.2', '12.34', '1..000', '1.000.', '1000.000', '1 000', '1,5', '0x1'].map(
          (text) => () => bad(text, 'type'),
        ),
      ],
    },
    {
      name: 'account',
      headers: ['account', 'Konto', 'KONTO'],
      good: ({ n }) => good(`DE${String(Math.floor(n / 1000)).padStart(6, '0')}`),
      bad: [() => bad('', 'required'), () => bad('DE12345', 'pattern'), () => bad('DÉ123456', 'pattern')],
    },
    {
      name: 'amount',
      headers: ['amount', 'Betrag'],
      good: ({ random }) =>
        money(random.pick([0n, 1n, -5_000_000_000n, 123_456_700n, random.bigint(-5_000_000_000n, 5_000_000_000n)]), 2),
      bad: [
        () => bad('', 'required'),
        () => wrong('50000000.01', '50.000.000,01', 'maximum'),
        () => wrong('-50000000.01', '-50000000,01', 'minimum'),
        ...['1,234.50', '12.5', '1.23,50', '1,005', '1,', ',5', '1.2345,00', '5 €', '1e2', '1,2,3', '1.000.00'].map(
          (text) => () => bad(text, 'type'),
        ),
      ],
    },
    {
      name: 'fee',
      headers: ['fee'],
      good: ({ random }) => (random.chance(0.4) ? missing() : money(random.bigint(-999_999_999n, 999_999n), 3)),
      bad: [() => wrong('1000.000', '1.000', 'exclusive_maximum'), () => bad('1.000.000', 'type')],
    },
    {
      name: 'rate',
      headers: ['rate', 'währungskurs', 'WÄHRUNGSKURS'],
      good({ random }) {
        if (random.chance(0.3)) return missing();
        // Minus zero is stored as zero.
        if (random.chance(0.05)) return good(0, '-0');
        const value = random.pick([0, 1.5, -1.5, 0.1, 1e-7, random.int(-15_000, 15_000) / 10_000]);
        return good(value, String(value).replace('.', ','));
      },
      bad: [
        () => wrong(1.5000000000000002, '1,5000000000000002', 'maximum'),
        () => wrong(-2, '-2', 'minimum'),
        ...['0.5', 'NaN', 'inf', '1,5,0', 'nan', '-Infinity'].map((text) => () => bad(text, 'type')),
      ],
    },
    {
      name: 'payee',
      headers: ['Empfänger', 'EMPFÄNGER', 'payee'],
      good: (seed) => good(payee(seed)),
      bad: [() => bad('', 'required'), () => bad('ß'.repeat(31), 'max_length')],
    },
    {
      name: 'currency',
      headers: ['Währung', 'currency'],
      good: ({ random }) => good(random.pick(['EUR', 'USD', 'CHF'])),
      bad: [() => bad('', 'required'), () => bad('€', 'enum'), () => bad('eur', 'enum')],
    },
    {
      name: 'booked_on',
      headers: ['Buchungstag', 'booked_on'],
      // The first half of the version: the second decides within a day.
      good({ n, rank }) {
        const days = 7305 + ((n * 31) % 15_000) + Math.floor(rank / 100);
        return good(isoDay(days), germanDay(days));
      },
      bad: [
        () => bad('', 'required'),
        () => wrong('1989-12-31', '31.12.1989', 'minimum'),
        () => wrong('2061-01-01', '01.01.2061', 'maximum'),
        ...['29.02.2025', '31.04.2025', '2025-01-31', '1/2/2025', '00.01.2025', '01.13.2025', '01.01.0000'].map(
          (text) => () => bad(text, 'type'),
        ),
      ],
    },
    {
      name: 'executed_at',
      headers: ['executed_at', 'Ausgeführt'],
      good({ random }) {
        if (random.chance(0.2)) return missing();
        // Clocks showed this time twice; it is taken for the earlier.
        if (random.chance(0.05)) return good('1729989000000000', '27.10.2024 02:30:00');
        const second = unambiguous(random.int(0, (50 * 365 * DAY) / 1000));
        return good(String(BigInt(second) * 1_000_000n), berlinTime(second));
      },
      bad: [
        ...[
          '31.01.2025',
          // Clocks never showed this time.
          '30.03.2025 02:30:00',
          '31.01.2025 24:00:00',
          '31.02.2025 10:00:00',
          '2025-01-31 10:00:00',
          '31.01.2025 10:60:00',
        ].map((text) => () => bad(text, 'type')),
      ],
    },
    {
      name: 'correction',
      headers: ['Korrektur', 'correction'],
      // A missing correction comes before every other one.
      good: ({ rank }) => (rank % 100 === 0 ? missing() : good((rank % 100) - 50)),
      bad: [() => bad('-2.147.483.649', 'type'), () => bad('first', 'type')],
    },
  ],
};
