import type { Column } from '../../contract/dataset.ts';
import { list, literal } from './text.ts';

/** The characters with the Unicode property White_Space, and the byte order mark, which is as invisible. */
export const WHITE_SPACE = [
  ...[0x9, 0xa, 0xb, 0xc, 0xd, 0x20, 0x85, 0xa0, 0x1680],
  ...Array.from({ length: 11 }, (_, index) => 0x2000 + index),
  ...[0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff],
].map((code) => String.fromCodePoint(code));

/** Whether a column's texts are changed before they are checked, so that it has a `t<i>` beside its `r<i>`. */
export function isStandardised({ standardise, type, filledBy }: Column): boolean {
  const { trim, nulls = [], values = {} } = standardise ?? {};
  const folds = standardise?.case !== undefined && type.kind === 'string';
  return Boolean(trim || folds || nulls.length > 0 || Object.keys(values).length > 0 || filledBy);
}

/** The text that is checked and typed: `t<i>`, or `r<i>` itself where nothing is standardised. */
export const standardisedText = (column: Column, index: number): string =>
  `${isStandardised(column) ? 't' : 'r'}${index}`;

/** The text without the white space around it, and in the column's case, which is of strings alone. */
export function trimmedSql({ standardise, type }: Column, text: string): string {
  // DuckDB's trim is slow with a set of characters, and most texts begin and end with a visible ASCII character.
  const isVisible = (code: string) => `${code} BETWEEN 33 AND 126`;
  const trimmed = standardise?.trim
    ? `CASE WHEN ${isVisible(`ascii(${text})`)} AND ${isVisible(`ascii(${text}[-1])`)} THEN ${text}
        ELSE nullif(trim(${text}, ${WHITE_SPACE.map((character) => `chr(${character.codePointAt(0)})`).join(' || ')}), '') END`
    : text;
  return standardise?.case && type.kind === 'string' ? `${standardise.case}(${trimmed})` : trimmed;
}

/**
 * The standardised text of a trimmed one: null for a spelling of a missing value, the value for another spelling of
 * it. Spellings are compared exactly, but in the column's case; a value that replaces one is taken as the contract has it.
 */
export function standardisedSql({ standardise, type }: Column, trimmed: string): string {
  const { nulls = [], values = {} } = standardise ?? {};
  const spelling = (text: string) =>
    standardise?.case && type.kind === 'string' ? `${standardise.case}(${literal(text)})` : literal(text);
  const cases = [
    ...(nulls.length > 0 ? [`WHEN ${trimmed} IN (${list(nulls.map(spelling))}) THEN NULL`] : []),
    ...Object.entries(values).map(
      ([text, value]) => `WHEN ${trimmed} = ${spelling(text)} THEN nullif(${literal(value)}, '')`,
    ),
  ];
  return cases.length > 0 ? `CASE ${cases.join(' ')} ELSE ${trimmed} END` : trimmed;
}
