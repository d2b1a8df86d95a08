import { isUtf8 } from 'node:buffer';
import type { Dataset } from '../../core/contract/dataset.ts';
import type { Expected } from './oracle.ts';

type WithSource = (key: string, value: unknown, context: { source?: string }) => unknown;

/** JSON.parse that leaves numbers and booleans as they were written. */
const parse = (text: string): unknown => {
  const asWritten: WithSource = (_, value, { source }) => (typeof value === 'string' || !source ? value : { source });
  return JSON.parse(text, asWritten as never);
};

/**
 * The texts of the contract's columns in a JSON object, undefined where a value is no plain text; undefined if the text
 * is not a JSON object.
 */
export function fieldsOfJson(text: string, { columns }: Dataset): (string | undefined)[] | undefined {
  const object = parse(text);
  if (object === null || typeof object !== 'object' || Array.isArray(object)) return undefined;
  if ('source' in object && Object.keys(object).length === 1 && !text.trimStart().startsWith('{')) return undefined;
  const entries = Object.entries(object).map(([key, value]) => [key.toLowerCase(), value] as const);
  return columns.map(({ name, aliases }) => {
    const names = [name, ...aliases].map((each) => each.toLowerCase());
    const value: unknown = entries.find(([key]) => names.includes(key))?.[1] ?? '';
    if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0') ? value : undefined;
    const { source } = value as { source?: string };
    return source === 'null' ? '' : source;
  });
}

/** What must become of the lines of a JSON lines text, given as bytes, a byte a character. */
export function expectedOfJsonLines(bytes: string, of: Dataset, lineEnd: 'lf' | 'any'): Expected[] {
  const expected: Expected[] = [];
  for (const [index, raw] of bytes.split(lineEnd === 'lf' ? '\n' : /\r\n|\r|\n/).entries()) {
    const text = raw.replace(/[ \t\r]+$/, '');
    if (text === '') continue;
    expected.push({ record: expected.length + 1, line: index + 1, ...verdict(Buffer.from(text, 'latin1'), of) });
  }
  return expected;
}

function verdict(bytes: Buffer, of: Dataset): Pick<Expected, 'damage' | 'fields'> {
  if (!isUtf8(bytes)) return { damage: ['invalid_utf8'] };
  if (bytes.includes(0)) return { damage: ['nul_byte'] };
  try {
    const fields = fieldsOfJson(bytes.toString(), of);
    return fields ? { fields: fields as string[] } : { damage: ['not_an_object'] };
  } catch {
    return { damage: ['invalid_json'] };
  }
}

/** Every JSON object that can be read from some place of a text, as the texts of its columns. */
export function objectsWithin(text: string, of: Dataset): string[][] {
  const found: string[][] = [];
  for (let start = text.indexOf('{'); start >= 0; start = text.indexOf('{', start + 1)) {
    for (let end = text.indexOf('}', start); end >= 0; end = text.indexOf('}', end + 1)) {
      const { fields } = verdict(Buffer.from(text.slice(start, end + 1), 'latin1'), of);
      if (!fields) continue;
      found.push(fields);
      break;
    }
  }
  return found;
}
