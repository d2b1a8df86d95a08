/**
 * A second, independent reading of CSV, to judge the splitter by: regular expressions over a text that is there whole,
 * where the splitter walks over bytes as they come.
 */

export interface StrictDialect {
  delimiter: string;
  quote: string | null;
  /** What ends a line: LF (with or without a CR before it), or any of CR, LF and both. */
  lineEnd: 'lf' | 'any';
  /** A field with a quote or a CR must be quoted, as a strict reader like DuckDB's asks for. */
  mustQuote?: boolean;
}

export interface StrictRecord {
  /** Physical line on which it begins, 1 for the first. */
  line: number;
  /** From its first character up to the next record. */
  text: string;
  /** Undefined: a quoted field is never closed, or is followed by text. */
  fields: string[] | undefined;
}

interface Field {
  text: string;
  quoted: boolean;
  /** What follows it: the delimiter, a line end, or nothing at the end of the text. */
  after: string;
  next: number;
}

const literally = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** The records of a text, blank lines left out. A broken record is its first physical line; reading goes on after it. */
export function strictRecords(text: string, { delimiter, quote, lineEnd, mustQuote }: StrictDialect): StrictRecord[] {
  const d = literally(delimiter);
  const q = literally(quote ?? '');
  const isLf = lineEnd === 'lf';
  const plain = isLf
    ? new RegExp(`([^${d}\\n]*)(${d}|\\n|$)`, 'y')
    : new RegExp(`([^${d}\\r\\n]*)(${d}|\\r\\n|\\r|\\n|$)`, 'y');
  const closing = isLf ? '\\r?\\n|\\r?$' : '\\r\\n|\\r|\\n|$';
  const quoted = new RegExp(`${q}([^${q}]*(?:${q}${q}[^${q}]*)*)${q}(${d}|${closing})`, 'y');
  const unquotable = new RegExp(`[${q}\\r]`);
  const ends = () => (isLf ? /\n/g : /\r\n|\r|\n/g);

  const fieldAt = (at: number): Field | undefined => {
    const isQuoted = quote !== null && text[at] === quote;
    const pattern = isQuoted ? quoted : plain;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) return undefined;
    const [all, content, after] = match as unknown as [string, string, string];
    if (mustQuote && !isQuoted && unquotable.test(content)) return undefined;
    const field = isQuoted ? content.replaceAll(`${quote}${quote}`, quote) : content;
    return { text: field, quoted: isQuoted, after, next: at + all.length };
  };
  const recordAt = (start: number): { fields: string[]; next: number } | undefined => {
    const fields: string[] = [];
    for (let at = start; ; ) {
      const field = fieldAt(at);
      if (!field) return undefined;
      at = field.next;
      const isLast = field.after !== delimiter;
      fields.push(isLast && !field.quoted && isLf ? field.text.replace(/\r$/, '') : field.text);
      if (isLast) return { fields, next: at };
    }
  };

  const records: StrictRecord[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const lineStop = ends();
    lineStop.lastIndex = at;
    const stop = lineStop.exec(text);
    const content = text.slice(at, stop?.index);
    const isBlank = content === '' || (isLf && content === '\r');
    const record = isBlank ? undefined : recordAt(at);
    const next = record?.next ?? (stop ? stop.index + stop[0].length : text.length);
    const part = text.slice(at, next);
    if (!isBlank) records.push({ line, text: part, fields: record?.fields });
    line += part.match(ends())?.length ?? 0;
    at = next;
  }
  return records;
}
