import { rowsOf } from './evidence.ts';

/** What kind of personal data a column seems to hold, and what that rests on. */
export interface Personal {
  what: string;
  because: string;
}

const BY_NAME: [what: string, pattern: RegExp][] = [
  ['email addresses', /(?:^|_)e?_?mails?(?:_address)?$/],
  ['phone numbers', /(?:^|_)(?:phone|telephone|tel|mobile|cell|fax|handy|whatsapp)(?:_(?:no|nr|number|home|work))?$/],
  [
    'names of people',
    /(?:^|_)(?:first|last|middle|full|family|given|maiden|sur|fore|nick|user|contact|customer|client|guest|host|patient|employee|person|owner|driver|recipient|cardholder|holder)_?names?$|^(?:surname|forename|firstname|lastname|fullname|username|vorname|nachname|login)$/,
  ],
  ['dates of birth', /(?:^|_)(?:dob|birth|birthday|birthdate|date_of_birth|birth_date|geburtsdatum)$/],
  [
    'addresses',
    /(?:^|_)(?:street|street_address|strasse|address|addr|home_address|postal_address|billing_address|shipping_address|address_line_?[0-9]?|house_no|house_number|hausnummer)(?:_?[0-9])?$/,
  ],
  ['bank accounts', /(?:^|_)(?:iban|bank_account|account_iban|routing_number|sort_code)$/],
  ['card numbers', /(?:^|_)(?:card|credit_card|card_no|card_number|creditcard|pan)$/],
  [
    'national or tax ids',
    /(?:^|_)(?:ssn|social_security(?:_(?:no|number))?|national_id|nino|bsn|passport(?:_(?:no|number))?|tax_id|steuer_id|personnummer|aadhaar|cpf|driver_?s?_license)$/,
  ],
  ['network addresses', /(?:^|_)(?:ip|ip_?v?[46]?_?address|ip_?addr|client_ip|remote_addr)$/],
];
/** Addresses that are not where people live. */
const NOT_A_HOME = /(?:^|_)(?:web|site|mac|url|memory|email)_address$/;

const EMAIL = /[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}/;
const BY_VALUE: [what: string, share: number, test: (text: string) => boolean][] = [
  ['bank accounts', 0.9, isIban],
  ['card numbers', 0.9, isCardNumber],
  ['national or tax ids', 0.9, (text) => /^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/.test(text)],
  ['phone numbers', 0.9, (text) => /^\+\d{1,3}[ ()./-]{0,2}\d[\d ()./-]{5,16}\d$/.test(text)],
  ['network addresses', 0.9, isIpAddress],
  // One address in a remark is one too many.
  ['email addresses', 0.01, (text) => EMAIL.test(text)],
];

/** Tells by its name, then by its values, whether a column seems to hold personal data: a guess either way. */
export function readPersonal(name: string, values: ReadonlyMap<string, number>): Personal | undefined {
  const named = NOT_A_HOME.test(name) ? undefined : BY_NAME.find(([, pattern]) => pattern.test(name));
  if (named) return { what: named[0], because: 'by its name' };
  const rows = rowsOf(values);
  for (const [what, share, test] of rows > 0 ? BY_VALUE : []) {
    // Every tenth number has the right check digit by chance.
    if (what === 'card numbers' && values.size < 3) continue;
    const found = rowsOf(values, test);
    if (found > 0 && found >= share * rows) {
      const of =
        found === rows ? 'every value' : `${found.toLocaleString('en-US')} of ${rows.toLocaleString('en-US')} values`;
      return { what, because: `by ${of}` };
    }
  }
  return undefined;
}

/** A column `name` holds those of people only beside other columns about people. */
export const isNameOfPeople = (name: string, others: (Personal | undefined)[]): Personal | undefined =>
  name === 'name' && others.some((other) => other && /email|phone|birth/.test(other.what))
    ? { what: 'names of people', because: 'by its name and the columns beside it' }
    : undefined;

/** ISO 13616: two letters of the country, two check digits; modulo 97 of the whole is 1. */
function isIban(text: string): boolean {
  const compact = text.replace(/ /g, '');
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(compact)) return false;
  const digits = [...(compact.slice(4) + compact.slice(0, 4))]
    .map((character) => Number.parseInt(character, 36))
    .join('');
  return BigInt(digits) % 97n === 1n;
}

/** ISO/IEC 7812: 13 to 19 digits with the check digit of Luhn's formula, beginning as payment cards do. */
function isCardNumber(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  if (!/^[2-6]\d{12,18}$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

function isIpAddress(text: string): boolean {
  if (/^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text)) return true;
  return /^(?=.*:.*:.*:)(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}$/.test(text);
}
