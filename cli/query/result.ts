import type { ResultColumn } from '../../aws/query.ts';
import type { Column } from '../terminal.ts';

const NUMBERS = /^(tinyint|smallint|integer|int|bigint|real|float|double|decimal)/;

export function resultColumns(columns: ResultColumn[]): Column[] {
  return columns.map(({ name, type }) => ({ title: name, align: NUMBERS.test(type) ? 'right' : 'left' }));
}

/** A row as an object. Numbers that JavaScript can't hold exactly, decimals among them, stay text. */
export function rowJson(columns: ResultColumn[], row: (string | null)[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [index, { name, type }] of columns.entries()) {
    let unique = name;
    for (let number = 2; Object.hasOwn(object, unique); number++) unique = `${name}_${number}`;
    object[unique] = jsonValue(row[index] ?? null, type);
  }
  return object;
}

function jsonValue(value: string | null, type: string): unknown {
  if (value === null) return null;
  if (type === 'boolean') return value === 'true';
  if (!NUMBERS.test(type) || type.startsWith('decimal')) return value;
  const number = Number(value);
  const exact = Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));
  return exact ? number : value;
}
