import type { Dataset } from '../../contract/dataset.ts';
import { mayBeTold } from '../../validation/column-like.ts';
import { columnsByHeader } from '../../validation/header.ts';
import { isPlainlyPersonal } from '../personal-values.ts';

/** What stands for a name that may be a value. */
export const LEFT_OUT = '(left out)';

/** A name that files have and the contract does not, as it may stand in a notice. */
export const toldName = (dataset: Dataset, name: string): string =>
  mayBeTold(dataset, name) && !isPlainlyPersonal(name) ? name : LEFT_OUT;

const HEADER = /The header found is: (.*?)\.(?= Does the file begin|$)/s;

/**
 * What a file was refused for, as it may stand in a notice. Of a dataset with personal data the first line is left out, and
 * with it what is quoted of it, if no column of the contract is in it: it may be a record, for all that is known.
 */
export function toldError(dataset: Dataset, error: string): string {
  const known = columnsByHeader(dataset);
  const isColumn = (cell: string) => known.has(cell.toLowerCase());
  const cells = HEADER.exec(error)?.[1]?.split(', ');
  const isPrivate = dataset.columns.some(({ pii }) => pii);
  const isHeader = cells === undefined || !isPrivate || cells.some(isColumn);
  const told = (cell: string) => (isColumn(cell) ? cell : isHeader ? toldName(dataset, cell) : LEFT_OUT);
  const line = cells && isHeader ? `The header found is: ${cells.map(told).join(', ')}.` : '';
  return error
    .replace(HEADER, () => '\u0000')
    .replace(/"((?:[^"\\]|\\.)*)"/g, (_, text: string) => JSON.stringify(told(text)))
    .replace(' \u0000', () => (line === '' ? '' : ` ${line}`));
}
