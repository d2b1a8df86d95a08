import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { guessColumn } from '../../../core/discovery/column.ts';
import { isHeader } from '../../../core/discovery/header.ts';
import { addLeaves, personalLeaves } from '../../../core/discovery/nested.ts';
import { seeded } from '../../engine/seed.ts';

seeded('drafts of columns with personal data');

const guess = (name: string, values: Map<string, number>) => {
  const rows = [...values.values()].reduce((sum, count) => sum + count, 0);
  return guessColumn({ header: name, rows, missing: 0, absentFrom: 0, values }, { name });
};
const once = (texts: string[]) => new Map(texts.map((text) => [text, 1]));
const many = (count: number, make: (n: number) => string) => once(Array.from({ length: count }, (_, n) => make(n)));
const day = (n: number) => `${1950 + n}-0${1 + (n % 9)}-11`;

describe('the name of a column', () => {
  it.each<[string, string]>([
    ['dateofbirth', 'dates of birth'],
    ['date_of_birth', 'dates of birth'],
    ['born_on', 'dates of birth'],
    ['geburtstag', 'dates of birth'],
    ['geb_dat', 'dates of birth'],
    ['telefon', 'phone numbers'],
    ['telefonnummer', 'phone numbers'],
    ['mobile_no', 'phone numbers'],
    ['handynummer', 'phone numbers'],
    ['tin', 'national or tax ids'],
    ['tax_number', 'national or tax ids'],
    ['steuernummer', 'national or tax ids'],
    ['drivers_licence_no', 'national or tax ids'],
    ['ansprechpartner', 'names of people'],
    ['kundenname', 'names of people'],
    ['client_ip', 'network addresses'],
    ['ip_address', 'network addresses'],
    ['email_address', 'email addresses'],
    ['billing_address', 'addresses'],
    ['kontonummer', 'bank accounts'],
    ['cc_number', 'card numbers'],
    ['mac_address', ''],
    ['latin', ''],
    ['zip', ''],
    ['births', ''],
    ['nombre', ''],
    ['portable', ''],
  ])('%s tells %j', (name, what) => {
    expect(guess(name, once(['x', 'y'])).personal?.what ?? '').toBe(what);
  });
});

describe('columns that no name tells of', () => {
  it('are those of people if their values are full names, where people stand', () => {
    const people = new Map([
      ['Ada Lovelace', 20],
      ['Bob van Smith', 20],
      ['n/a', 20],
    ]);

    expect(guess('owner', people).personal?.what).toBe('names of people');
    expect(guess('owner', people).enum).toBeUndefined();
    expect(guess('created_by', people).personal?.what).toBe('names of people');
  });

  it('have no enumeration of what looks like names of people; a person decides', () => {
    const values = new Map([
      ['Ada Lovelace', 20],
      ['Bob Smith', 20],
      ['Carl Jung', 20],
    ]);

    const { enum: choices, notes, todos } = guess('responsible', values);

    expect(choices).toBeUndefined();
    expect(todos).toEqual(['the 3 values look like names of people: if they are, tags: [pii]; if not, an enum']);
    expect(notes.join()).not.toMatch(/Ada|Bob|Carl/);
  });

  it('keep an enumeration of words that are written like names', () => {
    const values = new Map([
      ['In Progress', 30],
      ['On Hold', 30],
    ]);

    expect(guess('ticket_status', values).enum).toEqual(['In Progress', 'On Hold']);
  });

  it('have no enumeration of addresses or long numbers', () => {
    const values = new Map([
      ['web', 990],
      ['ada@example.com', 4],
      ['shop', 700],
    ]);

    expect(guess('channel', values).enum).toBeUndefined();
    expect(
      guess(
        'source',
        new Map([
          ['a4111111111111111', 30],
          ['b', 30],
        ]),
      ).enum,
    ).toBeUndefined();
  });

  it('are phone numbers if they are long numbers of contacts', () => {
    const values = many(40, (n) => String(491700000000 + n * 7919));

    const { personal, type } = guess('contact', values);

    expect([personal?.what, type.kind]).toEqual(['phone numbers', 'string']);
  });

  it('do not tell the least and the greatest of numbers that tell people apart', () => {
    const { notes, todos } = guess(
      'reachable',
      many(40, (n) => String(491700000000 + n * 7919)),
    );

    expect(notes).toContain('whole parts of up to 12 digits');
    expect(notes.join()).not.toContain('4917');
    expect(todos.join()).toContain('tags: [pii]');
  });

  it.each([
    ['ISO days', day],
    ['days with points', (n: number) => day(n).split('-').reverse().join('.')],
  ])('of many years may be of births: %s', (_, make) => {
    const { notes, todos } = guess('entry', many(40, make));

    expect(notes).toContain('of the years 1950 to 1989');
    expect(notes.join()).not.toMatch(/1950-|11\.01\./);
    expect(todos).toContain('days of birth? If so, tags: [pii]');
  });

  it('still tell the range of numbers and days of business', () => {
    expect(guess('stock', many(40, String)).notes.join()).toContain('whole parts from 0 to 39');
    expect(
      guess(
        'sold',
        many(9, (n) => `2026-01-0${n + 1}`),
      ).notes,
    ).toContain('from 2026-01-01 to 2026-01-09');
  });

  it('have phone numbers if one in a hundred remarks has one, or all are written as people dial', () => {
    const remarks = new Map([
      ['nothing', 99],
      ['call +49 170 1234567', 1],
    ]);

    expect(guess('due', remarks).personal?.what).toBe('phone numbers');
    expect(
      guess(
        'fallback',
        many(9, (n) => `0170 123456${n}`),
      ).personal?.what,
    ).toBe('phone numbers');
    expect(
      guess(
        'fallback',
        many(9, (n) => `0${n}-2026 rows`),
      ).personal,
    ).toBeUndefined();
    expect(guess('since', once(['0001-01-01', '0001-01-02'])).personal).toBeUndefined();
  });
});

const PEOPLE = [
  'ada@example.com',
  'write to ada.lovelace@example.co.uk',
  'DE89 3704 0044 0532 0130 00',
  'GB82WEST12345698765432',
  '4111 1111 1111 1111',
  '4111111111111111',
  '+49 170 1234567',
  'call 0170 1234567',
  '(555) 123-4567',
  '123-45-6789',
  'Ada Lovelace',
  'LOVELACE, Ada',
  'Dr. Ada King Lovelace',
  '05/1980 Smith',
  '192.168.10.17',
  '2001:db8::1',
];
const KINDS: Record<string, (n: number) => string> = {
  'whole numbers': String,
  amounts: (n) => `${n}.50`,
  'amounts with currency': (n) => `EUR ${n}.50`,
  days: (n) => `2026-01-${String((n % 28) + 1).padStart(2, '0')}`,
  times: (n) => `2026-01-01T10:00:${String(n % 60).padStart(2, '0')}Z`,
  choices: (n) => ['red', 'green', 'blue'][n % 3]!,
  answers: (n) => (n % 2 === 0 ? 'yes' : 'no'),
  ids: (n) => `O-${String(n).padStart(6, '0')}`,
  words: (n) => `word ${n}`,
};
const NAMES = [
  'discount',
  'count',
  'due_date',
  'situation',
  'order_id',
  'code',
  'name',
  'note',
  'is_open',
  'amount',
  'zip',
];

describe('what is personal', () => {
  it('is in no note, no choice and no pattern, in whatever kind of column it stands', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...NAMES),
        fc.constantFrom(...Object.keys(KINDS)),
        fc.integer({ min: 1, max: 400 }),
        fc.subarray(PEOPLE, { minLength: 1 }),
        fc.integer({ min: 1, max: 9 }),
        (name, kind, rows, people, each) => {
          const values = new Map<string, number>();
          for (let n = 0; n < rows; n++) values.set(KINDS[kind]!(n), (values.get(KINDS[kind]!(n)) ?? 0) + 1);
          for (const text of people) values.set(text, each);

          const { notes, todos, enum: choices, pattern, nulls, valueAliases } = guess(name, values);

          const told = JSON.stringify({ notes, todos, choices, pattern, nulls, valueAliases });
          for (const text of people) expect(told).not.toContain(JSON.stringify(text).slice(1, -1));
          expect(told).not.toMatch(/ada|lovelace|smith/i);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is found in what is nested, by the names of keys and by values, and not repeated', () => {
    const leaves = new Map();

    addLeaves(
      leaves,
      { email: 'x', phones: ['+49 170 1234567'], name: { last: 'b', dateOfBirth: '1990-01-01' } },
      'user',
    );
    addLeaves(leaves, { 'ada@example.com': { plan: 'free' } }, 'members');

    expect(personalLeaves(leaves)).toEqual([
      'email addresses (user.email)',
      'phone numbers (user.phones)',
      'dates of birth (user.name.dateOfBirth)',
      'email addresses (members.…)',
    ]);
  });

  it('is no header', () => {
    const rest = [['Bob', 'bob@example.com']];

    expect(isHeader(['Ada', 'ada@example.com'], rest)).toBe(false);
    expect(isHeader(['name', 'email'], rest)).toBe(true);
  });
});
