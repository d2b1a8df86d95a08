import type { ColumnType } from './dataset.ts';

/** `YYYY-MM-DD` of a real day; the calendar has no year 0. */
function isDate(text: string): boolean {
  const time = /^(?!0000)\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** `YYYY-MM-DDTHH:MM:SSZ` of a real instant, to the second. */
function isInstant(text: string): boolean {
  const time = /^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && `${new Date(time).toISOString().slice(0, 19)}Z` === text;
}

const INTEGER_LIMITS = { int: 2n ** 31n, bigint: 2n ** 63n };

/** Says why a bound or an enumerated value that a contract gives is not of the column's type; undefined if it is. */
export function valueProblem(value: string | number | boolean, type: ColumnType): string | undefined {
  const shown = JSON.stringify(value);
  switch (type.kind) {
    case 'string':
      return typeof value === 'string' ? undefined : `${shown} is not a string: put it in quotes`;
    case 'date':
      return typeof value === 'string' && isDate(value) ? undefined : `${shown} is not a date like 2025-01-31`;
    case 'timestamp':
      return typeof value === 'string' && isInstant(value)
        ? undefined
        : `${shown} is not an instant like 2025-01-31T00:00:00Z`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `${shown} is not true or false`;
    default:
      return typeof value === 'number' ? numberProblem(value, type) : `${shown} is not a number`;
  }
}

function numberProblem(value: number, type: ColumnType): string | undefined {
  if (type.kind === 'int' || type.kind === 'bigint') {
    if (!Number.isSafeInteger(value)) return `${value} is not a whole number`;
    const limit = INTEGER_LIMITS[type.kind];
    return BigInt(value) >= -limit && BigInt(value) < limit ? undefined : `${value} does not fit ${type.kind}`;
  }
  if (type.kind !== 'decimal') return Number.isFinite(value) ? undefined : `${value} is not a number`;
  const text = valueText(value);
  const digits = /^-?(\d+)(?:\.(\d+))?$/.exec(text);
  const whole = digits?.[1]?.replace(/^0+/, '').length ?? Number.POSITIVE_INFINITY;
  const fits = whole <= type.precision - type.scale && (digits?.[2]?.length ?? 0) <= type.scale;
  if (!fits) return `${text} does not fit decimal(${type.precision},${type.scale})`;
  // Beyond that YAML's number is not the one that was written.
  const significant = text.replace(/[-.]/g, '').replace(/^0+|0+$/g, '').length;
  return significant <= 15 ? undefined : `${text} has more than 15 digits, which a contract can not give exactly`;
}

/** The value as text that casts to a column's type; never in the form 1e-7. */
export function valueText(value: string | number | boolean): string {
  const scientific = typeof value === 'number' ? /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value)) : null;
  if (!scientific) return String(value);
  const [, sign, first, rest = '', power] = scientific;
  const digits = `${first}${rest}`;
  const point = 1 + Number(power);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, '0')}`;
}
