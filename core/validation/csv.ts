/** How the fields of a record are told apart, each by one ASCII character. */
export interface Dialect {
  delimiter: string;
  /** Doubled within a quoted field. Null: fields are never quoted. */
  quote: string | null;
}

/** A dialect in which every text can be written. */
export type StagedDialect = Dialect & { quote: string };

export const COMMA_QUOTE: StagedDialect = { delimiter: ',', quote: '"' };

/** The fields of one structurally sound record: quoted fields without their quotes, others as they stand. */
export function csvFields(record: string, { delimiter, quote }: Dialect = COMMA_QUOTE): string[] {
  if (quote === null) return record.split(delimiter);
  const fields: string[] = [];
  for (let at = 0; ; ) {
    let end: number;
    if (record[at] === quote) {
      end = record.indexOf(quote, at + 1);
      while (record[end + 1] === quote) end = record.indexOf(quote, end + 2);
      fields.push(record.slice(at + 1, end).replaceAll(quote + quote, quote));
      end++;
    } else {
      end = record.indexOf(delimiter, at);
      if (end < 0) end = record.length;
      fields.push(record.slice(at, end));
    }
    if (end >= record.length) return fields;
    at = end + 1;
  }
}

/** One field as it must be written so that a strict reader gives the same text back. */
export function csvField(text: string, { delimiter, quote }: StagedDialect = COMMA_QUOTE): string {
  const isPlain = !text.includes(delimiter) && !text.includes(quote) && !/[\n\r]/.test(text);
  return isPlain ? text : quote + text.replaceAll(quote, quote + quote) + quote;
}
