import type { Column } from '../../contract/dataset.ts';
import { isNamedFormat, parseTimeFormat } from '../../contract/time-format.ts';

/** What a value of the column looks like, for the sentence that refuses another. */
export function typeSentence(column: Column): string {
  const { type } = column;
  switch (type.kind) {
    case 'int':
      return `must be a whole number between -2147483648 and 2147483647${separators(column)}`;
    case 'bigint':
      return `must be a whole number of at most 64 bits${separators(column)}`;
    case 'decimal': {
      const point = column.decimalSeparator ? 'comma' : 'point';
      const digits = `${type.precision - type.scale} digits before and ${type.scale} after the ${point}`;
      const currency = column.money
        ? ', alone or with its currency before or behind it, as a code (EUR) or a symbol that the contract knows'
        : '';
      return `must be a number with at most ${digits}${separators(column)}${currency}`;
    }
    case 'double':
      return `must be a number${separators(column)}`;
    case 'boolean':
      return 'must be true or false';
    case 'date':
      return `must be a date like ${examples(column.formats, '2025-01-31')}, of the years 0001 to 9999`;
    case 'timestamp': {
      const zone =
        column.timeZone && column.timeZone !== 'UTC'
          ? `; without an offset it is a time that the clocks of ${column.timeZone} showed`
          : '';
      return `must be a time like ${examples(column.formats, '2025-01-31T23:59:59Z')}, of the years 0001 to 9999 in UTC${zone}`;
    }
    default:
      return 'must be a text';
  }
}

/** How the number is to be written, if not as usual. */
function separators({ decimalSeparator, thousandsSeparator, type }: Column): string {
  const point = decimalSeparator ?? '.';
  const whole = type.kind === 'int' || type.kind === 'bigint';
  const fraction = whole ? '' : `${point}5`;
  if (thousandsSeparator) return `, like 1${thousandsSeparator}234${fraction} or 1234${fraction}`;
  return decimalSeparator && !whole ? `, like 1234${fraction}` : '';
}

function examples(formats: string[] | undefined, iso: string): string {
  return (formats ?? ['iso']).map((format) => example(format, iso)).join(' or ');
}

function example(format: string, iso: string): string {
  if (isNamedFormat(format)) {
    if (format === 'iso') return iso;
    const digits = { epoch_seconds: '', epoch_milliseconds: '000', epoch_microseconds: '000000' }[format];
    return `1738367999${digits} (${format.replace('epoch_', '')} since 1970)`;
  }
  const text = parseTimeFormat(format).map((token) =>
    token.kind === 'literal' ? token.text : EXAMPLES[token.letters]!,
  );
  return `${text.join('')} (${format})`;
}

/** Friday, 31 January 2025, 23:59:59.123456789 UTC. */
const EXAMPLES: Record<string, string> = {
  ...{
    yyyy: '2025',
    yy: '25',
    MMMM: 'January',
    MMM: 'Jan',
    MM: '01',
    M: '1',
    dd: '31',
    d: '31',
    EEEE: 'Friday',
    EEE: 'Fri',
  },
  ...{ HH: '23', H: '23', hh: '11', h: '11', a: 'PM', mm: '59', ss: '59', X: 'Z', XX: '+0000', XXX: '+00:00' },
  ...Object.fromEntries(
    Array.from({ length: 9 }, (_, index) => ['S'.repeat(index + 1), '123456000'.slice(0, index + 1)]),
  ),
};
