import type { ColumnType, Dataset } from '../contract/dataset.ts';
import { columnsByHeader } from './header.ts';
import type { Reason } from './reasons.ts';

export interface JsonRecord {
  /** Text of each column of the contract, in its order; empty: missing, null or an empty text. */
  fields: string[];
  /** JSON of what the contract does not know, keys in order; empty if there is nothing. */
  rescued: string;
  /** The keys in `rescued`. */
  unknown: string[];
  /** What is wrong with the record beyond what its fields' texts can tell. */
  faults: Reason[];
}

/** Faults of one record that are told. */
const MAX_FAULTS = 1000;

/**
 * Makes a reader of JSON records. A number keeps the digits it was written with (`1.10`, integers over 2^53), which a
 * plain JSON.parse would change. The reader returns undefined for JSON that is not an object, and throws SyntaxError for
 * text that is not strict JSON.
 */
export function jsonRecordReader(dataset: Dataset): (text: string) => JsonRecord | undefined {
  const byKey = columnsByHeader(dataset);
  return (text) => {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
    const fields: string[] = dataset.columns.map(() => '');
    const faults: Reason[] = [];
    const unknown = new Map<string, string>();
    const seen = new Set<number | string>();
    for (const [key, source] of members(text)) {
      const index = byKey.get(key.toLowerCase());
      if (seen.has(index ?? key) && faults.length < MAX_FAULTS) {
        const column = index === undefined ? key : (dataset.columns[index]?.name ?? key);
        faults.push({ column, rule: 'duplicate_key', value: key, message: `${column} is in the record twice` });
      }
      seen.add(index ?? key);
      if (index !== undefined) fields[index] = fieldText(source, dataset.columns[index]!, faults);
      else if (dataset.drift !== 'reject') {
        if (source !== 'null' && source !== '""') unknown.set(key, source);
      } else if (faults.length < MAX_FAULTS) {
        const message = `the contract knows no column ${JSON.stringify(key)} and rejects unknown ones`;
        faults.push({ column: key, rule: 'unknown_column', value: source, message });
      }
    }
    const names = [...unknown.keys()].sort();
    const rescued = names.map((name) => `${JSON.stringify(name)}:${unknown.get(name)}`).join(',');
    return { fields, faults, rescued: rescued && `{${rescued}}`, unknown: names };
  };
}

function fieldText(source: string, column: Dataset['columns'][number], faults: Reason[]): string {
  const { name, type } = column;
  const first = source[0];
  if (source === 'null') return '';
  if (first === '{' || first === '[') {
    // Any other type refuses such a text by itself.
    if (type.kind === 'string') {
      const what = first === '{' ? 'an object' : 'an array';
      faults.push({ column: name, rule: 'type', value: source, message: `${name} must be a text, found ${what}` });
    }
    return source;
  }
  if (first !== '"') {
    const number = isExact(type) ? withoutExponent(source) : source;
    return column.decimalSeparator ? number.replace('.', column.decimalSeparator) : number;
  }
  const text: string = source.includes('\\') ? JSON.parse(source) : source.slice(1, -1);
  if (text.isWellFormed() && !text.includes('\0')) return text;
  const message = `${name} holds a character that no text may hold (NUL or half of a surrogate pair)`;
  faults.push({ column: name, rule: 'invalid_character', value: source, message });
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** Whether a type holds the digits of a number, so that `1e2` has to be written as the 100 that it is. */
export const isExact = ({ kind }: ColumnType): boolean => kind === 'decimal' || kind === 'int' || kind === 'bigint';

/** Zeros that an exponent may stand for; no exact type holds so many digits. */
const MAX_EXPONENT = 100;

/** A JSON number with all its digits in their places: `1.5e-3` is `0.0015`. Others, and such beyond all types, as they are. */
export function withoutExponent(source: string): string {
  const [, sign, whole = '', fraction = '', power] = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/.exec(source) ?? [];
  if (power === undefined || Math.abs(Number(power)) > MAX_EXPONENT) return source;
  const digits = whole + fraction;
  const point = whole.length + Number(power);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits.padEnd(point, '0');
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Keys and the source texts of their values, of a text that is known to be a JSON object. */
function* members(text: string): Generator<[key: string, source: string]> {
  let at = skipSpace(text, text.indexOf('{') + 1);
  while (text[at] === '"') {
    const keyEnd = stringEnd(text, at);
    const key = text.slice(at, keyEnd);
    const start = skipSpace(text, text.indexOf(':', keyEnd) + 1);
    const end = valueEnd(text, start);
    yield [key.includes('\\') ? JSON.parse(key) : key.slice(1, -1), text.slice(start, end)];
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
}

function skipSpace(text: string, at: number): number {
  let end = at;
  while (text.charCodeAt(end) <= 32) end++;
  return end;
}

function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); ; end = text.indexOf('"', end + 1)) {
    let before = end - 1;
    while (text[before] === '\\') before--;
    // An even number of backslashes before it: the quote itself is not escaped.
    if ((end - before) % 2 === 1) return end + 1;
  }
}

function valueEnd(text: string, start: number): number {
  if (text[start] === '"') return stringEnd(text, start);
  let end = start;
  if (text[start] !== '{' && text[start] !== '[') {
    for (let code = text.charCodeAt(end); code !== 44 && code !== 125 && code > 32; ) code = text.charCodeAt(++end);
    return end;
  }
  for (let depth = 0; ; end++) {
    const char = text[end];
    if (char === '"') end = stringEnd(text, end) - 1;
    else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    if (depth === 0) return end + 1;
  }
}
