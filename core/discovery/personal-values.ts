import { PATTERNS } from '../validation/sql/formats.ts';

const EMAIL = /[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}/;
/** With the country's code anywhere in a text; without it only as people group the digits, and nothing beside it. */
const CALLABLE = /(?:^|[^\d+])\+\d{1,3}[ ()./-]{0,2}\d[\d ()./-]{5,16}\d(?!\d)/;
const DIALLED = /^(?:\(0?\d{2,5}\) ?|0\d{2,5}[ /-])\d[\d ./-]{3,10}\d$|^\d{3}([-. ])\d{3}\1\d{4}$/;
const IP = new RegExp(`^(?:${PATTERNS.ipv4}|${PATTERNS.ipv6})$`);
const WORD = "\\p{Lu}[\\p{L}'’-]+";
const FULL_NAME = new RegExp(
  `^(?:(?:Dr|Prof|Mr|Mrs|Ms|Herr|Frau)\\.? )?${WORD},?(?: (?:\\p{Lu}\\.|v[ao]n|d[aeiu]|${WORD})){1,3}$`,
  'u',
);

export const hasEmail = (text: string): boolean => EMAIL.test(text);
/** A number with a plus and nothing else but digits may be a signed number. */
export const hasPhone = (text: string): boolean => CALLABLE.test(text) && !/^\+\d{1,6}$/.test(text);
/** `0001-01-01` has too few digits for one. */
export const isDialled = (text: string): boolean => DIALLED.test(text) && text.replace(/\D/g, '').length >= 9;
export const isNationalId = (text: string): boolean => /^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/.test(text);
export const isIpAddress = (text: string): boolean => IP.test(text);
/** Two words and more that begin with capitals: `Ada Lovelace`, and `New York` as well. */
export const isLikeFullName = (text: string): boolean => FULL_NAME.test(text);

/** ISO 13616: two letters of the country, two check digits; modulo 97 of the whole is 1. */
export function isIban(text: string): boolean {
  const compact = text.replace(/ /g, '');
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(compact)) return false;
  const digits = [...(compact.slice(4) + compact.slice(0, 4))]
    .map((character) => Number.parseInt(character, 36))
    .join('');
  return BigInt(digits) % 97n === 1n;
}

/** ISO/IEC 7812: 13 to 19 digits with the check digit of Luhn's formula, beginning as payment cards do. */
export function isCardNumber(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  if (!/^[2-6]\d{12,18}$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Whether a text is, beyond doubt, of a person and no name of a column. */
export const isPlainlyPersonal = (text: string): boolean =>
  hasEmail(text) || hasPhone(text) || isIban(text) || isCardNumber(text) || isNationalId(text) || isIpAddress(text);

/** Whether a text can be a number of a person: of a phone, a card, an account, an authority. */
const hasManyDigits = (text: string): boolean => (text.match(/\d/g)?.length ?? 0) >= 7;

/** `05/1980 Smith` */
const isNameWithYear = (text: string): boolean => /\p{Lu}\p{Ll}{2}/u.test(text) && /\d{4}|\d\d[-/.]\d\d/.test(text);

/** Whether a text that several rows have may be written into a contract, as one of a few. */
export const isHarmless = (text: string): boolean =>
  !hasManyDigits(text) && !/\S@\S/.test(text) && !isNameWithYear(text) && !isPlainlyPersonal(text);

/**
 * Whether one row's text may be quoted in a comment: not if it can be of a person, by its shape alone. Rather too few
 * are quoted than one too many.
 */
export function isQuotable(text: string): boolean {
  if (!isHarmless(text) || /\d+(?:\.\d+){3}|::|(?:[0-9A-Fa-f]+:){4}/.test(text)) return false;
  return !/\p{Lu}[\p{L}'’-]*[.,]? +(?:\p{L}+ +)?\p{Lu}\p{L}+/u.test(text);
}

/** The first few texts, in quotes, cut where they are long; none that may be of a person. */
export function examples(texts: string[], most = 3, isPersonal = false): string {
  const quotable = isPersonal ? [] : texts.filter(isQuotable);
  if (quotable.length === 0) return 'not told here, since they may be personal data';
  const shown = quotable
    .slice(0, most)
    .map((text) => JSON.stringify(text.length > 30 ? `${text.slice(0, 30)}…` : text));
  return texts.length > shown.length ? `${shown.join(', ')} …` : shown.join(', ');
}
