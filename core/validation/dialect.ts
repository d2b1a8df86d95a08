import type { Dataset } from '../contract/dataset.ts';
import type { Dialect, StagedDialect } from './csv.ts';
import { columnsByHeader, headerName } from './header.ts';

/** What stands between fields where the contract does not say it, the likelier first. */
export const DELIMITERS = [',', ';', '\t', '|'];

const CR = 13;
const LF = 10;

/** A character that no field begins with in practice; one that holds it is written anew. */
const RARE_QUOTES = ['\x1f', '\x1e'];

/** The dialect that a file's sound bytes can be staged in as they are: where fields are never quoted, a rare quote. */
export function stagedDialect({ delimiter, quote }: Dialect): StagedDialect {
  return { delimiter, quote: quote ?? RARE_QUOTES.find((rare) => rare !== delimiter)! };
}

/**
 * How well a delimiter fits the first record of a file, given the cells that it makes: the number of columns it binds,
 * or without a header, how near the number of cells comes to that of the contract's columns.
 */
export function fitOf(cells: string[], dataset: Dataset): number {
  if (dataset.file.header === false) return 1 / (1 + Math.abs(cells.length - dataset.columns.length));
  const byHeader = columnsByHeader(dataset);
  const bound = cells.map((cell) => byHeader.get(headerName(cell).toLowerCase()));
  return new Set(bound.filter((column) => column !== undefined)).size;
}

/**
 * Whether lines end in CR alone, by the first line end outside of quotes. Undefined: more bytes are needed to tell; with
 * `all` there are none.
 */
export function endsInCr(bytes: Uint8Array, isDelimiter: (byte: number) => boolean, quote: number, all: boolean) {
  let fieldStart = true;
  let isQuoted = false;
  /** Where the last quoted field begins. */
  let opened = -1;
  /** Where a quoted field was closed, unless the quote turns out to be doubled. */
  let closed = -2;
  let end = -1;
  for (let at = 0; at < bytes.length && end < 0; at++) {
    const byte = bytes[at]!;
    if (isQuoted) {
      if (byte === quote) {
        isQuoted = false;
        closed = at;
      }
    } else if (byte === quote && (fieldStart || closed === at - 1)) {
      isQuoted = true;
      if (fieldStart) opened = at;
    } else if (byte === LF || byte === CR) end = at;
    fieldStart = isDelimiter(byte);
  }
  if (end < 0) {
    if (!all) return undefined;
    // A quote that is never closed hides no line end.
    if (isQuoted) end = bytes.findIndex((byte, at) => at > opened && (byte === LF || byte === CR));
  }
  if (bytes[end] !== CR) return false;
  return end + 1 < bytes.length || all ? bytes[end + 1] !== LF : undefined;
}
