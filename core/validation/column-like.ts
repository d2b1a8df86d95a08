import type { Dataset } from '../contract/dataset.ts';

/**
 * Where names of columns should be there may be values: in the first line of a file without a header, or in the keys of an
 * object that is a map. Of a dataset with personal data only what could be a name is repeated where people read it.
 */
export const mayBeTold = ({ columns }: Pick<Dataset, 'columns'>, name: string): boolean =>
  !columns.some(({ pii }) => pii) || couldBeColumn(name);

/** Rows by what they were refused for, `column.rule`; what may not be told of columns that the contract lacks is told as one. */
export function toldReasons(
  dataset: Pick<Dataset, 'columns'>,
  reasons: Record<string, number>,
  rows: number,
): Record<string, number> {
  const known = new Set(dataset.columns.map(({ name }) => name));
  const told = new Map<string, number>();
  for (const [reason, count] of Object.entries(reasons)) {
    const dot = reason.lastIndexOf('.');
    const column = reason.slice(0, Math.max(dot, 0));
    const open = dot < 0 || known.has(column) || mayBeTold(dataset, column);
    const name = open ? reason : `(left out)${reason.slice(dot)}`;
    // A row may be among those of several.
    told.set(name, Math.min((told.get(name) ?? 0) + count, rows));
  }
  return Object.fromEntries(told);
}

/** Begins as a name does, is not very long, and is no address and no number of anything. */
const couldBeColumn = (text: string): boolean =>
  /^[\p{L}_$][\p{L}\p{N}\p{M}_ $.:/#%()[\]-]{0,99}$/u.test(text) && !/\d{6}/.test(text);
