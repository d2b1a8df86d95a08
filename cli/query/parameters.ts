import type { Scalar } from '../../core/sql/literals.ts';
import { UsageError } from '../exit.ts';

/**
 * `name=value` is a whole number if it reads like one, else a string; `name:date=2026-03-01` is a date, and the same for
 * timestamp, decimal, int, boolean and string.
 */
export function parseParameters(given: string[]): Record<string, Scalar> {
  const parameters: Record<string, Scalar> = {};
  for (const text of given) {
    const match = /^([a-z][a-z0-9_]*)(?::([a-z]+))?=([\s\S]*)$/.exec(text);
    if (match === null) throw new UsageError(`--param takes name=value or name:type=value, not "${text}"`);
    const [, name = '', named, value = ''] = match;
    // Not with leading zeros: those are codes.
    const type = named ?? (/^(0|-?[1-9]\d{0,18})$/.test(value) ? 'int' : 'string');
    if (Object.hasOwn(parameters, name)) throw new UsageError(`--param ${name} is given twice`);
    parameters[name] = typed(type, value, text);
  }
  return parameters;
}

function typed(type: string, value: string, text: string): Scalar {
  switch (type) {
    case 'string':
      return value;
    case 'int':
      if (!/^-?\d{1,19}$/.test(value)) throw new UsageError(`not a whole number: --param ${text}`);
      return BigInt(value);
    case 'boolean':
      if (value !== 'true' && value !== 'false') throw new UsageError(`not true or false: --param ${text}`);
      return value === 'true';
    case 'date':
      return { date: value };
    case 'timestamp':
      return { timestamp: value };
    case 'decimal':
      return { decimal: value };
    default:
      throw new UsageError(`--param knows string, int, decimal, boolean, date and timestamp, not ${type}`);
  }
}
