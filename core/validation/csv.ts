/** How the fields of a record are told apart, each by one ASCII character. */
export interface Dialect {
  delimiter: string;
  /** Doubled within a quoted field. Null: fields are never quoted. */
  quote: string | null;
}

/** A dialect in which every text can be written. */
export type StagedDialect = Dialect & { quote: string };

export const COMMA_QUOTE: StagedDialect = { delimiter: ',', quote: '"' };

/**
 * The fields of one record: quoted fields without their quotes, others as they stand. Of a damaged record, a quoted
 * field without an end goes to the end of the record, and what stands behind a closing quote stays in its field.
 */
export function csvFields(record: string, { delimiter, quote }: Dialect = COMMA_QUOTE): string[] {
  if (quote === null) return record.split(delimiter);
  const fields: string[] = [];
  for (let at = 0; ; ) {
    const isQuoted = record[at] === quote;
    const close = isQuoted ? closingQuote(record, at, quote) : at;
    const end = indexOrEnd(record, delimiter, close);
    const quoted = isQuoted ? record.slice(at + 1, close).replaceAll(quote + quote, quote) : '';
    fields.push(quoted + record.slice(isQuoted ? close + 1 : at, end));
    if (end >= record.length) return fields;
    at = end + 1;
  }
}

/** Where the quoted field that begins at `open` ends. */
function closingQuote(record: string, open: number, quote: string): number {
  let close = indexOrEnd(record, quote, open + 1);
  while (record[close + 1] === quote) close = indexOrEnd(record, quote, close + 2);
  return close;
}

function indexOrEnd(record: string, part: string, from: number): number {
  const index = record.indexOf(part, from);
  return index < 0 ? record.length : index;
}

/** One field as it must be written so that a strict reader gives the same text back. */
export function csvField(text: string, { delimiter, quote }: StagedDialect = COMMA_QUOTE): string {
  const isPlain = !text.includes(delimiter) && !text.includes(quote) && !/[\n\r]/.test(text);
  return isPlain ? text : quote + text.replaceAll(quote, quote + quote) + quote;
}
