/** What a sample holds of one column. */
export interface Evidence {
  /** As the first file that has the column calls it. */
  header: string;
  /** Rows of the files that have the column. */
  rows: number;
  /** Rows of these without a text. */
  missing: number;
  /** Files that do not have the column. */
  absentFrom: number;
  /** The different texts, each with the number of its rows. */
  values: ReadonlyMap<string, number>;
  /** The type that a Parquet file gives it, in DuckDB's words. */
  declared?: string;
}

/** A share as people read it: `3.2 %`, and never 0 % or 100 % for what is only nearly so. */
export function percent(part: number, whole: number): string {
  if (whole === 0) return '0 %';
  const exact = (100 * part) / whole;
  if (part > 0 && exact < 0.1) return 'less than 0.1 %';
  if (part < whole && exact > 99.9) return 'more than 99.9 %';
  return `${Number(exact.toFixed(1))} %`;
}

/** `1,204 rows`, `1 row`. */
export const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;

/** Rows of all the texts that `is` holds for. */
export function rowsOf(values: ReadonlyMap<string, number>, is: (text: string) => boolean = () => true): number {
  let rows = 0;
  for (const [text, count] of values) if (is(text)) rows += count;
  return rows;
}
