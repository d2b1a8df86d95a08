import type { Dataset } from '../contract/dataset.ts';
import { FileRejectedError } from '../errors.ts';
import { mayBeTold } from './column-like.ts';

/** Where the contract's columns are in the fields of a record. */
export interface Binding {
  /** Number of fields that every record must have. */
  fields: number;
  /** For each column of the contract the index of its field; undefined: the file does not have it. */
  columns: (number | undefined)[];
  /** Fields that the contract does not know, by name in the order of the names. */
  extra: { index: number; name: string }[];
}

/** Each name and alias of a column, in lower case, to the column's index in the contract. */
export function columnsByHeader(dataset: Dataset): Map<string, number> {
  return new Map(
    dataset.columns.flatMap(({ name, aliases }, index) =>
      [name, ...aliases].map((header) => [header.toLowerCase(), index] as const),
    ),
  );
}

/** A cell of a header as the name it means: a line end in a quoted one is a matter of looks. */
export const headerName = (cell: string): string => cell.replace(/\s+/g, ' ').trim();

/**
 * Binds the cells of a CSV header to the contract, in any order and case. Throws FileRejectedError naming the columns
 * that are missing, repeated or not allowed, and the header that was found; what may be personal data it does not repeat.
 */
export function bindHeader(header: string[], dataset: Dataset, delimiter = ','): Binding {
  const cells = header.map(headerName);
  if (cells.some((cell) => /\p{Cc}/u.test(cell))) {
    throw new FileRejectedError('the first line holds control characters: is the file text at all?');
  }
  const byHeader = columnsByHeader(dataset);
  const told = tellsOf(cells, dataset, byHeader);
  const found =
    told === undefined ? noneOf(cells.length) : `The header found is: ${shorten(cells.map(told).join(', '))}.`;
  const columns: (number | undefined)[] = dataset.columns.map(() => undefined);
  const extra: Binding['extra'] = [];
  const seen = new Set<string>();
  for (const [index, cell] of cells.entries()) {
    const name = cell || `column_${index + 1}`;
    if (seen.has(name.toLowerCase()))
      throw new FileRejectedError(
        told === undefined
          ? `the first line has a field twice. ${found}`
          : `the column ${quote(told(name))} is in the header twice. ${found}`,
      );
    seen.add(name.toLowerCase());
    const column = byHeader.get(name.toLowerCase());
    if (column === undefined) extra.push({ index, name });
    else if (columns[column] === undefined) columns[column] = index;
    else {
      const both = `${quote(cells[columns[column]] ?? '')} and ${quote(name)}`;
      throw new FileRejectedError(`the columns ${both} both mean ${dataset.columns[column]?.name}. ${found}`);
    }
  }

  const isIn = (name: string) => columns[dataset.columns.findIndex((column) => column.name === name)] !== undefined;
  // A currency may come with the amounts alone.
  const missing = dataset.columns.filter(
    ({ name, required, warnings, filledBy }) =>
      required && !warnings?.includes('required') && ![name, ...(filledBy ?? [])].some(isIn),
  );
  const noHeader =
    extra.length === cells.length
      ? ` Does the file begin with a header line? If it has none, say so in the contract: file: { header: false }. The line was split at ${delimiterName(delimiter)}; the contract may state another character: file: { delimiter: … }.`
      : '';
  if (missing.length > 0) {
    const names = missing.map(({ name, aliases }) => (aliases.length ? `${name} (or ${aliases.join(', ')})` : name));
    throw new FileRejectedError(
      `required column${missing.length > 1 ? 's' : ''} missing: ${names.join('; ')}. ${found}${noHeader}`,
    );
  }
  if (noHeader) throw new FileRejectedError(`no column of the contract is in the header. ${found}${noHeader}`);
  if (extra.length > 0 && dataset.drift === 'reject') {
    const names = extra.map(({ name }) => quote(told?.(name) ?? '')).join(', ');
    throw new FileRejectedError(
      `the contract of ${dataset.name} knows no column ${shorten(names)} and rejects unknown ones (drift: reject). ${found}`,
    );
  }
  return { fields: cells.length, columns, extra: extra.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/**
 * How a cell of the header is repeated. Undefined when none is: not one is a column of a contract with personal data, so
 * that the line may be a record.
 */
function tellsOf(cells: string[], dataset: Dataset, byHeader: Map<string, number>) {
  const isColumn = (cell: string) => byHeader.has(cell.toLowerCase());
  if (dataset.columns.some(({ pii }) => pii) && !cells.some(isColumn)) return undefined;
  return (cell: string) => (isColumn(cell) || mayBeTold(dataset, cell) ? cell : '(left out)');
}

const noneOf = (fields: number): string =>
  `The first line has ${fields} ${fields === 1 ? 'field' : 'fields'}, none of them a column of the contract; it is not repeated here, since it may hold personal data.`;

/**
 * Binds the fields of a file without a header to the columns of the contract, in its order. Throws FileRejectedError
 * when `first`, the fields of the first record, are plainly a header.
 */
export function bindInOrder(first: string[], dataset: Dataset): Binding {
  const { columns } = dataset;
  const byHeader = columnsByHeader(dataset);
  if (first.length === columns.length && first.length > 1 && first.every((cell) => byHeader.has(cell.toLowerCase()))) {
    throw new FileRejectedError(
      `the file begins with a header (${shorten(first.join(', '))}), and the contract says that it has none (file: { header: false }). Drop the header, or change the contract.`,
    );
  }
  return { fields: columns.length, columns: columns.map((_, index) => index), extra: [] };
}

const delimiterName = (delimiter: string): string =>
  ({ ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' })[delimiter] ?? JSON.stringify(delimiter);

const quote = (text: string): string => JSON.stringify(shorten(text));
const shorten = (text: string): string => (text.length > 500 ? `${text.slice(0, 500)}…` : text);
