import { PATTERNS } from '../validation/sql/formats.ts';
import { rowsOf } from './evidence.ts';

/** Names of columns whose values name a thing. */
const ID = /(?:^|_)(?:id|ids|uuid|guid|key|code|sku|ref|reference|number|no|nr|num)$/;

export const isIdLike = (name: string): boolean => ID.test(name);

const URI = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[A-Za-z0-9][A-Za-z0-9._~:/?[\]@!$&'()*+,;=%#-]*$/;

export type GuessedFormat = 'email' | 'uuid' | 'uri' | 'ipv4' | 'ipv6';

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`);
const FORMATS: [GuessedFormat, RegExp][] = [
  ['uuid', whole(PATTERNS.uuid)],
  ['email', /^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}$/],
  ['uri', URI],
  ['ipv4', whole(PATTERNS.ipv4)],
  ['ipv6', whole(PATTERNS.ipv6)],
];

/** The format that all these texts have, or nearly all (95 % of the rows) with the share of those that do not. */
export function readFormat(
  values: ReadonlyMap<string, number>,
): { format: GuessedFormat; misfits: number } | undefined {
  const rows = rowsOf(values);
  for (const [format, pattern] of rows > 0 ? FORMATS : []) {
    const fitting = rowsOf(values, (text) => pattern.test(text));
    if (fitting >= 0.95 * rows) return { format, misfits: rows - fitting };
  }
  return undefined;
}

/** Fewer different texts than this show no pattern. */
const ENOUGH = 5;

/**
 * A pattern that all these texts have, if they are made like identifiers: pieces of letters and digits between the same
 * marks, `^C-[0-9]{6}$`. It is as wide as what may come: digits are of a fixed number only where they are padded with
 * zeros, and letters are literal only where all texts share them.
 */
export function readPattern(texts: string[]): string | undefined {
  if (texts.length < ENOUGH || texts.some((text) => text.length > 64)) return undefined;
  const pieces = texts.map((text) => text.split(/([^A-Za-z0-9]+)/));
  const [first] = pieces;
  const isAlike = pieces.every(
    (piece) => piece.length === first!.length && piece.every((part, at) => at % 2 === 0 || part === first![at]),
  );
  if (!isAlike || !texts.some((text) => /[0-9]/.test(text))) return undefined;
  if (pieces.some((piece) => piece.some((part, at) => at % 2 === 1 && !/^[-_/.:#]$/.test(part)))) return undefined;
  const parts = first!.map((part, at) =>
    at % 2 === 1 ? escaped(part) : partPattern(pieces.map((piece) => piece[at]!)),
  );
  if (parts.includes(undefined)) return undefined;
  return `^${parts.join('')}$`;
}

function partPattern(parts: string[]): string | undefined {
  if (parts.every((part) => part === '')) return '';
  if (parts.some((part) => part === '')) return undefined;
  const prefix = sharedLetters(parts);
  const rests = parts.map((part) => part.slice(prefix.length));
  if (prefix !== '' && rests.every((rest) => rest === '')) return prefix;
  if (rests.some((rest) => rest === '')) return undefined;
  return prefix + classOf(rests) + repeats(rests);
}

/** Letters that all parts begin with, before the first digit of any. */
function sharedLetters(parts: string[]): string {
  const [first] = parts as [string];
  let length = 0;
  while (/[A-Za-z]/.test(first[length] ?? '') && parts.every((part) => part[length] === first[length])) length++;
  // Letters that only happen to be the same, at the beginning of words or of random codes, are no prefix.
  return parts.every((part) => /^[0-9]*$/.test(part.slice(length))) ? first.slice(0, length) : '';
}

function classOf(parts: string[]): string {
  const all = parts.join('');
  const [digits, upper, lower] = [/[0-9]/.test(all), /[A-Z]/.test(all), /[a-z]/.test(all)];
  return `[${digits ? '0-9' : ''}${upper ? 'A-Z' : ''}${lower ? 'a-z' : ''}]`;
}

function repeats(parts: string[]): string {
  const lengths = parts.map((part) => part.length);
  const [least, most] = [Math.min(...new Set(lengths)), Math.max(...new Set(lengths))];
  if (least !== most) return '+';
  const isCounted = parts.every((part) => /^[0-9]+$/.test(part));
  // 100000 may be followed by a number with a digit more; 000100 is filled up to six.
  return isCounted && !parts.some((part) => part.startsWith('0')) ? `{${least},}` : `{${least}}`;
}

const escaped = (text: string): string => text.replace(/[.]/g, '[.]');
