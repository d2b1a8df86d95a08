import { InvalidInputError } from '../errors.ts';

/** A value that may stand in a statement. Bare strings become varchar literals, numbers must be safe integers. */
export type Scalar =
  | string
  | number
  | bigint
  | boolean
  | null
  | { date: string }
  | { timestamp: string }
  | { decimal: string };
export type Literal = Scalar | readonly Scalar[];

const date = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const timestamp = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?$/;
const decimal = /^-?\d{1,38}(\.\d{1,38})?$/;

/**
 * The text of a literal in Athena's dialect (Trino: `'` is doubled, nothing else is special). A list becomes the inside
 * of an `IN (…)`. Throws InvalidInputError for an empty list, an unsafe number, a NUL or a malformed date.
 */
export function literal(value: Literal): string {
  if (Array.isArray(value)) {
    if (value.length === 0) throw new InvalidInputError('an empty list cannot stand in SQL: IN () is not valid');
    return value.map(scalar).join(', ');
  }
  return scalar(value as Scalar);
}

function scalar(value: Scalar): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'bigint':
      return String(value);
    case 'number':
      if (!Number.isSafeInteger(value)) throw new InvalidInputError(`not a safe integer: ${value}`);
      return String(value);
    case 'string':
      return quote(value);
  }
  if ('date' in value) return `date ${quote(checked(value.date, date, 'date'))}`;
  if ('timestamp' in value) return `timestamp ${quote(checked(value.timestamp, timestamp, 'timestamp'))}`;
  return `decimal ${quote(checked(value.decimal, decimal, 'decimal'))}`;
}

function checked(text: string, pattern: RegExp, kind: string): string {
  if (!pattern.test(text)) throw new InvalidInputError(`not a ${kind}: ${JSON.stringify(text)}`);
  return text;
}

function quote(text: string): string {
  if (text.includes('\0')) throw new InvalidInputError('a NUL character cannot stand in SQL text');
  if (!text.isWellFormed()) throw new InvalidInputError('a lone surrogate cannot stand in SQL text');
  return `'${text.replaceAll("'", "''")}'`;
}
