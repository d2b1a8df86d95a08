import { ContractError } from '../errors.ts';

/** What a letter of a pattern stands for. `fraction` is that of a second, `half` is AM or PM. */
export type TimeField =
  | 'year'
  | 'month'
  | 'day'
  | 'weekday'
  | 'hour'
  | 'half_hour'
  | 'half'
  | 'minute'
  | 'second'
  | 'fraction'
  | 'offset';

/** A piece of a pattern: letters that stand for a field, or text that stands for itself. */
export type TimeToken = { kind: 'field'; field: TimeField; letters: string } | { kind: 'literal'; text: string };

/** Formats that are a name and no pattern; those that count from 1970 are of times only. */
export const NAMED_FORMATS = ['iso', 'epoch_seconds', 'epoch_milliseconds', 'epoch_microseconds'] as const;
export type NamedFormat = (typeof NAMED_FORMATS)[number];

export const isNamedFormat = (format: string): format is NamedFormat =>
  (NAMED_FORMATS as readonly string[]).includes(format);

/**
 * The letters, as in the JDK's DateTimeFormatter. `yy` is 2000 to 2099; `M`, `d`, `H` and `h` take one digit or two;
 * `MMM`, `MMMM`, `EEE` and `EEEE` are English names; an offset may be `Z`, else reads +01 or +0130 (`X`), +0130 (`XX`)
 * or +01:30 (`XXX`).
 */
const FIELDS: Record<TimeField, string[]> = {
  year: ['yy', 'yyyy'],
  month: ['M', 'MM', 'MMM', 'MMMM'],
  day: ['d', 'dd'],
  weekday: ['EEE', 'EEEE'],
  hour: ['H', 'HH'],
  half_hour: ['h', 'hh'],
  half: ['a'],
  minute: ['mm'],
  second: ['ss'],
  fraction: Array.from({ length: 9 }, (_, index) => 'S'.repeat(index + 1)),
  offset: ['X', 'XX', 'XXX'],
};
const FIELD_OF = new Map(Object.entries(FIELDS).flatMap(([field, all]) => all.map((letters) => [letters, field])));

/** Fields that take more digits than one, or a sign and fewer digits: digits may not follow at once. */
const OPEN_ENDED = /^(?:M|d|H|h|X|XX|XXX)$/;
const DIGITS_ONLY = /^(?:yyyy|yy|MM?|dd?|HH?|hh?|mm|ss|S+)$/;

const PIECES = /'(?<quoted>(?:[^']|'')*)'|(?<letters>([A-Za-z])\3*)|(?<other>[^A-Za-z']+)|(?<open>')/gu;

/** Splits a pattern (not a named format) into its pieces. Throws ContractError with what is wrong with it. */
export function parseTimeFormat(pattern: string): TimeToken[] {
  const tokens: TimeToken[] = [];
  for (const { groups } of pattern.matchAll(PIECES)) {
    const { quoted, letters, other, open } = groups as Record<string, string | undefined>;
    if (open) throw new ContractError(`the pattern ${pattern} has a quote that does not end`);
    if (letters) {
      const field = FIELD_OF.get(letters) as TimeField | undefined;
      if (!field) throw new ContractError(unknownLetters(letters, pattern));
      tokens.push({ kind: 'field', field, letters });
      continue;
    }
    const reserved = /[[\]{}#]/.exec(other ?? '');
    if (reserved) {
      throw new ContractError(`the pattern ${pattern} has "${reserved[0]}", which must stand in quotes to mean itself; \
for optional parts list several formats`);
    }
    const text = other ?? (quoted === '' ? "'" : quoted!.replaceAll("''", "'"));
    const last = tokens.at(-1);
    if (last?.kind === 'literal') last.text += text;
    else tokens.push({ kind: 'literal', text });
  }
  return tokens;
}

function unknownLetters(letters: string, pattern: string): string {
  const initial = letters.charAt(0).toLowerCase();
  const similar = Object.values(FIELDS).flatMap((all) => all.filter((item) => item.toLowerCase().startsWith(initial)));
  if (similar.length > 0) return `the pattern ${pattern} has "${letters}"; possible are ${similar.join(', ')}`;
  return `the pattern ${pattern} has "${letters}", which stands for nothing here; text must be in quotes: '${letters}'`;
}

/** Why a column of dates or times can not be read in this format, named or a pattern; undefined if it can. */
export function timeFormatProblem(format: string, kind: 'date' | 'timestamp'): string | undefined {
  if (isNamedFormat(format)) {
    return kind === 'date' && format !== 'iso' ? `${format} is a time and no date` : undefined;
  }
  try {
    return fieldProblem(parseTimeFormat(format), kind, format);
  } catch (error) {
    if (error instanceof ContractError) return error.message;
    throw error;
  }
}

function fieldProblem(tokens: TimeToken[], kind: 'date' | 'timestamp', pattern: string): string | undefined {
  const fields = tokens.flatMap((token) => (token.kind === 'field' ? [token.field] : []));
  const has = (field: TimeField) => fields.includes(field);
  const twice = fields.find((field, index) => fields.indexOf(field) < index);
  if (twice) return `the pattern ${pattern} has the ${twice.replace('half_', '')} twice`;
  for (const [field, letters] of [
    ['year', 'yyyy'],
    ['month', 'MM'],
    ['day', 'dd'],
  ] as const) {
    if (!has(field)) return `the pattern ${pattern} has no ${field} (${letters})`;
  }
  const time = (['hour', 'half_hour', 'half', 'minute', 'second', 'fraction', 'offset'] as const).find(has);
  if (time && kind === 'date') return `the pattern ${pattern} has a time, and the column is a date`;
  if (has('hour') && has('half_hour')) return `the pattern ${pattern} has the hour twice`;
  if (has('half') !== has('half_hour')) {
    return `the pattern ${pattern} needs both h (1 to 12) and a (AM or PM), or H (0 to 23)`;
  }
  if (time && !has('hour') && !has('half_hour')) return `the pattern ${pattern} has no hour (HH)`;
  if (has('second') && !has('minute')) return `the pattern ${pattern} has seconds but no minutes (mm)`;
  if (has('fraction') && !has('second')) return `the pattern ${pattern} has a fraction but no seconds (ss)`;
  return runTogether(tokens, pattern);
}

/** A field of one digit or two can not be told from digits behind it. */
function runTogether(tokens: TimeToken[], pattern: string): string | undefined {
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (!next || token.kind === 'literal' || !OPEN_ENDED.test(token.letters)) continue;
    if (next.kind === 'field' ? DIGITS_ONLY.test(next.letters) : /^[0-9]/.test(next.text)) {
      return `the pattern ${pattern} has digits right behind "${token.letters}", so where it ends can not be known`;
    }
  }
  return undefined;
}
