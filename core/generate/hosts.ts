import { instead, missing } from './dirt.ts';
import type { Dirt, Generator } from './generator.ts';
import { instant } from './row.ts';
import { COUNTRIES, spelled } from './untidy.ts';

const NAMES = ['Ana Lima', 'Ben Okoro', 'Chloé Martin', 'Dilek Kaya', 'Eva Novák', "Finn O'Shea", 'Lang, Greta'];
const YES_NO = { true: ['yes', '1', 'y'], false: ['no', '0', 'n'] } as const;

/** `H-0001` for the first host. */
export const hostId = (index: number): string => `H-${String(index + 1).padStart(4, '0')}`;

const dirt = {
  missing_name: missing('name'),
  bad_email: instead('email', 'format', ['nobody', 'a@b@c.org', '@example.com']),
  bad_country: instead('country', 'pattern', ['Atlantis', 'D', '49']),
  bad_superhost: instead('is_superhost', 'type', ['maybe', '2', '?']),
  bad_time: instead('updated_at', 'type', ['2025-02-30T10:00:00Z', 'recently', '10:15']),
} satisfies Record<string, Dirt>;

/** Hosts `H-0001` on. A change moves one, makes one a superhost or not, or is the end of one. */
export const hosts: Generator = {
  kind: 'master',
  rows: 40,
  format: 'csv',
  columns: ['host_id', 'name', 'email', 'country', 'is_superhost', 'updated_at', 'is_deleted'],
  id: hostId,
  row({ index, random, at }) {
    const country = random.pick(Object.keys(COUNTRIES));
    return {
      name: random.pick(NAMES),
      email: random.next() < 0.1 ? 'none' : `host${index + 1}@example.com`,
      country: spelled(country, random, COUNTRIES[country]!),
      is_superhost: spelled('false', random, YES_NO.false),
      updated_at: instant(at),
      is_deleted: '',
    };
  },
  changed(row, { random }) {
    const country = random.pick(Object.keys(COUNTRIES));
    const [isSuperhost, others] = random.pick(Object.entries(YES_NO));
    return {
      ...row,
      ...(random.next() < 0.3 ? { country: spelled(country, random, COUNTRIES[country]!) } : {}),
      is_superhost: spelled(isSuperhost, random, others),
      is_deleted: random.next() < 0.05 ? 'true' : '',
    };
  },
  dirt,
};
