import { bad, type Cell, good, missing } from '../cells.ts';
import type { Plan, Seed } from '../plan.ts';
import type { Random } from '../random.ts';

const LETTERS = ['a', 'Z', 'é', 'ß', '😀', '漢', 'Ж'];
const ANY = [...LETTERS, '"', '\t', '\n', ' ', "'", ',', '\u200b'];
const SPACES = ['', '', ' ', '  ', '\u00a0', '\u2003', '\u3000'];

/** The text with white space around it, which standardising takes away again. */
const padded = (text: string, random: Random) => `${random.pick(SPACES)}${text}${random.pick(SPACES)}`;

const anyCase = (text: string, random: Random) =>
  random.pick([text, text.toUpperCase(), text.toLowerCase(), text[0]!.toUpperCase() + text.slice(1).toLowerCase()]);

const hex = (random: Random, length: number) => random.text([...'0123456789abcdef'], length, length);

const idOf = (n: number) => `C-${n.toString(16).toUpperCase().padStart(8, '0')}`;

const spelt = (value: string, random: Random): Cell =>
  good(value, padded(anyCase(value, random), random), {
    spellings: [value, padded(value.toLowerCase(), random), padded(value.toUpperCase(), random)],
  });

const name = ({ random }: Seed) => `${random.pick(LETTERS)}${random.text(ANY, 0, 20)}${random.pick(LETTERS)}`;

const COUNTRIES: Record<string, string[]> = { DE: ['DE', 'Germany', 'Deutschland'], FR: ['FR'], US: ['US', 'USA'] };

export const customers: Plan = {
  contract: 'customers',
  keyed: true,
  unique: 'email',
  extras: [],
  fields: [
    {
      name: 'customer_id',
      headers: ['customer_id', 'Customer_ID'],
      good: ({ n, random }) => spelt(idOf(n), random),
      bad: [
        () => bad('', 'required'),
        () => bad(' \u00a0 ', 'required'),
        () => bad('C-1234567G', 'pattern'),
        ({ n }) => bad(idOf(n).replace('-', '_'), 'pattern'),
        ({ n }) => bad(`${idOf(n).slice(0, 5)} ${idOf(n).slice(5)}`, 'pattern'),
      ],
    },
    {
      name: 'email',
      headers: ['email', 'EMAIL'],
      good: ({ n, random }) => {
        const domain = ['example.com', 'mail.example.org', 'x-y.example'][n % 3]!;
        return spelt(`${['first.last', 'o_k', 'a+tag', "o'neil"][n % 4]}${n}@${domain}`, random);
      },
      bad: [
        () => bad('', 'required'),
        ...['no-at.example.com', 'a@', '@example.com', 'a b@example.com', 'a@b@example.com', 'a@exa mple.com'].map(
          (text) => () => bad(text, 'format'),
        ),
      ],
    },
    {
      name: 'ref',
      headers: ['ref'],
      good({ random }) {
        const uuid = [8, 4, 4, 4, 12].map((length) => hex(random, length)).join('-');
        const text = random.pick([uuid, uuid, uuid.toUpperCase()]);
        return random.chance(0.3) ? missing() : good(text);
      },
      bad: [
        ({ random }) => bad(hex(random, 32), 'format'),
        ({ random }) => bad(`${hex(random, 8)}-${hex(random, 4)}-${hex(random, 4)}-${hex(random, 16)}`, 'format'),
        () => bad('g0000000-0000-4000-8000-000000000000', 'format'),
      ],
    },
    {
      name: 'address',
      headers: ['address'],
      good: ({ random }) =>
        random.chance(0.3)
          ? missing()
          : good([0, 0, 0, 0].map(() => random.pick([0, 9, 10, 99, 100, 199, 249, 255, random.int(0, 255)])).join('.')),
      bad: ['256.1.1.1', '1.2.3', '1.2.3.4.5', '1.2.3.4 ', '::1', 'a.b.c.d', '1..2.3'].map(
        (text) => () => bad(text, 'format'),
      ),
    },
    {
      name: 'full_name',
      headers: ['full_name', 'Full_Name'],
      good(seed) {
        const { random } = seed;
        if (random.chance(0.3)) return good(null, random.pick(['', 'N/A', '-', 'unknown', ' N/A ', '\u00a0-', '  ']));
        const value = name(seed);
        return good(value, padded(value, random));
      },
      bad: [() => bad(' x ', 'min_length'), () => bad('漢'.repeat(31), 'max_length')],
    },
    {
      name: 'country',
      headers: ['country'],
      good({ random }) {
        const value = random.pick(Object.keys(COUNTRIES));
        return good(value, padded(random.pick(COUNTRIES[value]!), random), { spellings: COUNTRIES[value]! });
      },
      bad: [
        () => bad('', 'required'),
        () => bad('   ', 'required'),
        () => bad('Atlantis', 'enum'),
        () => bad('de', 'enum'),
        () => bad('Germany DE', 'enum'),
      ],
    },
    {
      name: 'revision',
      headers: ['revision'],
      // Negative ones, and the largest; a missing one comes before all others.
      good({ rank }) {
        if (rank === 0) return missing();
        return good(String(rank === 9999 ? 2n ** 63n - 1n : rank === 1 ? -(2n ** 63n) : BigInt(rank) - 5000n));
      },
      bad: [() => bad('v2', 'type'), () => bad('1.5', 'type')],
    },
    {
      name: 'is_deleted',
      headers: ['is_deleted'],
      good({ random }) {
        const value = random.pick([true, false, false, null]);
        return value === null ? missing() : good(value, padded(anyCase(String(value), random), random));
      },
      bad: [() => bad('yes', 'type'), () => bad('1', 'type')],
    },
  ],
};
