import { parseTimeFormat, type TimeField, type TimeToken } from '../../contract/time-format.ts';

/** One way in which a text can be written, as RE2 pattern, and how DuckDB's strptime reads it. */
export interface TimeForm {
  /** Matches the whole of the text. */
  pattern: string;
  strptime: string;
  /** If set, the text is rewritten before it is read: `pattern` with groups, and their replacement. */
  rewrite?: { pattern: string; replacement: string };
  /** Days to add to what strptime makes of it. */
  days: number;
  hasOffset: boolean;
  /** How to find the name of the day and the local date, if the text names a day of the week. */
  weekday?: { pattern: string; local: { pattern: string; replacement: string; strptime: string } };
}

/** The calendar has no year 0. */
export const YEAR = '(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])';

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July'].concat([
  'August',
  'September',
  'October',
  'November',
  'December',
]);
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** English names, in any case. */
const names = (all: string[], letters?: number) => `(?i:${all.map((name) => name.slice(0, letters)).join('|')})`;

const HOUR_OFFSET = '[+-](?:[01][0-9]|2[0-3])';

/** What the letters of a field match, and what strptime calls them. */
const LETTERS: Record<string, [pattern: string, strptime: string]> = {
  yyyy: [YEAR, '%Y'],
  MMMM: [names(MONTHS), '%B'],
  MMM: [names(MONTHS, 3), '%b'],
  MM: ['(?:0[1-9]|1[0-2])', '%m'],
  M: ['(?:0?[1-9]|1[0-2])', '%m'],
  dd: ['(?:0[1-9]|[12][0-9]|3[01])', '%d'],
  d: ['(?:0?[1-9]|[12][0-9]|3[01])', '%d'],
  EEEE: [names(DAYS), '%A'],
  EEE: [names(DAYS, 3), '%a'],
  HH: ['(?:[01][0-9]|2[0-3])', '%H'],
  H: ['(?:[01]?[0-9]|2[0-3])', '%H'],
  hh: ['(?:0[1-9]|1[0-2])', '%I'],
  h: ['(?:0?[1-9]|1[0-2])', '%I'],
  a: ['(?i:AM|PM)', '%p'],
  mm: ['[0-5][0-9]', '%M'],
  ss: ['[0-5][0-9]', '%S'],
  X: [`${HOUR_OFFSET}(?:[0-5][0-9])?`, '%z'],
  XX: [`${HOUR_OFFSET}[0-5][0-9]`, '%z'],
  XXX: [`${HOUR_OFFSET}:[0-5][0-9]`, '%z'],
};

/** strptime takes 69 to 99 for 1969 to 1999; a hundred years of these are 36,525 days wherever they begin. */
const CENTURIES: [pattern: string, days: number][] = [
  ['(?:[0-5][0-9]|6[0-8])', 0],
  ['(?:69|[7-9][0-9])', 36_525],
];

interface Piece {
  field?: TimeField;
  pattern: string;
  strptime: string;
  /** Groups that together are `pattern`, if the text has to be rewritten for strptime, and what they become. */
  parts?: { patterns: string[]; replacement: (group: number) => string };
}

/** The forms of a date or time pattern of a contract; a text matches one of them at most. */
export function timeForms(format: string): TimeForm[] {
  const tokens = parseTimeFormat(format);
  const choices = tokens.map((token, index) => piecesOf(token, tokens[index + 1]));
  const forms = choices.reduce<Piece[][]>(
    (all, pieces) => all.flatMap((before) => pieces.map((piece) => [...before, piece])),
    [[]],
  );
  return forms.map(formOf);
}

/** The ways to write one piece of a pattern: several where they are read differently. */
function piecesOf(token: TimeToken, next: TimeToken | undefined): Piece[] {
  if (token.kind === 'literal') {
    return [{ pattern: escapeRegExp(token.text), strptime: token.text.replaceAll('%', '%%') }];
  }
  const { field, letters } = token;
  if (field === 'fraction') return [fraction(letters.length, next)];
  if (letters === 'yy') return CENTURIES.map(([pattern]) => ({ field, pattern, strptime: '%y' }));
  const [pattern, strptime] = LETTERS[letters]!;
  const piece = { field, pattern, strptime };
  return field === 'offset' ? [piece, { field, pattern: 'Z', strptime: 'Z' }] : [piece];
}

/** Digits beyond microseconds must be zeros. strptime takes six at most, and all that follow each other. */
function fraction(length: number, next: TimeToken | undefined): Piece {
  const kept = `[0-9]{${Math.min(length, 6)}}`;
  const rest = length > 6 ? `0{${length - 6}}` : '';
  const piece: Piece = { field: 'fraction', pattern: kept + rest, strptime: '%f' };
  const runsOn = next && (next.kind === 'field' ? !/^(?:MMM|E|a|X)/.test(next.letters) : /^[0-9]/.test(next.text));
  if (length <= 6 && !runsOn) return piece;
  return { ...piece, strptime: '%f ', parts: { patterns: [kept, rest], replacement: (group) => `\\${group} ` } };
}

function formOf(pieces: Piece[]): TimeForm {
  const join = (all: Piece[], key: 'pattern' | 'strptime') => all.map((piece) => piece[key]).join('');
  const century = CENTURIES.find(([pattern]) => pieces.some((piece) => piece.pattern === pattern));
  return {
    pattern: join(pieces, 'pattern'),
    strptime: join(pieces, 'strptime'),
    rewrite: pieces.some(({ parts }) => parts) ? rewriteOf(pieces) : undefined,
    days: century?.[1] ?? 0,
    hasOffset: pieces.some(({ field }) => field === 'offset'),
    weekday: weekdayOf(pieces),
  };
}

/** The text as it is, but for pieces that strptime needs otherwise. `\0` to `\9` are all the groups that there are. */
function rewriteOf(pieces: Piece[]): { pattern: string; replacement: string } {
  const at = pieces.findIndex(({ parts }) => parts);
  const before = pieces
    .slice(0, at)
    .map(({ pattern }) => pattern)
    .join('');
  const after = pieces
    .slice(at + 1)
    .map(({ pattern }) => pattern)
    .join('');
  const { patterns, replacement } = pieces[at]!.parts!;
  return {
    pattern: `^(${before})${patterns.map((pattern, index) => (index === 0 ? `(${pattern})` : pattern)).join('')}(${after})$`,
    replacement: `\\1${replacement(2)}\\3`,
  };
}

/** strptime does not mind `Monday` on a Sunday: the name is compared with the date, which is the local one. */
function weekdayOf(pieces: Piece[]): TimeForm['weekday'] {
  const at = pieces.findIndex(({ field }) => field === 'weekday');
  if (at < 0) return undefined;
  const isDate = ({ field }: Piece) => field === 'year' || field === 'month' || field === 'day';
  const grouped = pieces.map((piece) => (isDate(piece) ? `(${piece.pattern})` : piece.pattern)).join('');
  return {
    pattern: `^${pieces.map(({ pattern }, index) => (index === at ? `(${pattern})` : pattern)).join('')}$`,
    local: {
      pattern: `^${grouped}$`,
      replacement: '\\1 \\2 \\3',
      strptime: pieces
        .filter(isDate)
        .map(({ strptime }) => strptime)
        .join(' '),
    },
  };
}

const escapeRegExp = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
