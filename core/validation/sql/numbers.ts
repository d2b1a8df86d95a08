import type { Column } from '../../contract/dataset.ts';
import { literal } from './text.ts';

/** What may stand for a thousands separator: for a space also those that do not break, for an apostrophe the curved one. */
const SPELLINGS = { '.': '.', ',': ',', ' ': ' \u00a0\u202f', "'": "'\u2019", _: '_' };

export const hasSeparators = ({ decimalSeparator, thousandsSeparator }: Column): boolean =>
  decimalSeparator !== undefined || thousandsSeparator !== undefined;

/**
 * A number as the contract's separators write it, without them and with a point; NULL for another text. A number may
 * have no thousands separator at all; where it has one, its groups are complete: three digits, and up to three before
 * them, of which the first is not 0 (`0.123` is hardly 123).
 */
export function plainNumberSql({ decimalSeparator, thousandsSeparator, type }: Column, text: string): string {
  const point = decimalSeparator ?? '.';
  const separators = thousandsSeparator ? SPELLINGS[thousandsSeparator] : '';
  const groups = separators ? `|[1-9][0-9]{0,2}(?:[${separators}][0-9]{3})+` : '';
  const exponent = type.kind === 'double' ? '(?:[eE][+-]?[0-9]{1,3})?' : '';
  const pattern = `[+-]?(?:[0-9]+${groups})(?:[${point}][0-9]+)?${exponent}`;
  const grouped = [...separators].reduce((sql, separator) => `replace(${sql}, ${literal(separator)}, '')`, text);
  const plain = decimalSeparator ? `replace(${grouped}, ',', '.')` : grouped;
  return `CASE WHEN regexp_full_match(${text}, ${literal(pattern)}) THEN ${plain} END`;
}
