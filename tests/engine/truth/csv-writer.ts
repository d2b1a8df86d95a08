import type { Row } from './plan.ts';
import type { Random } from './random.ts';
import { encodings, MAX_RECORD, type MakeWriter, Sink, type Writer, type Written } from './writer.ts';

export interface CsvStyle {
  delimiter: string;
  quote: string;
  /** One of them closes each line. */
  ends: string[];
  encoding: keyof typeof encodings;
  bom: boolean;
  /** Ways to spell a header. */
  spellHeader?(name: string, random: Random): string;
}

/** Bytes that are no character, and how they are shown: as what they would be in UTF-8. */
const INVALID: Record<keyof typeof encodings, [bytes: number[], shown: string][]> = {
  'utf-8': [
    [[0xff], '\\xFF'],
    [[0xc0], '\\xC0'],
    [[0xe2, 0x82], '\\xE2\\x82'],
  ],
  'windows-1252': [
    [[0x81], '\\x81'],
    [[0x9d], '\\x9D'],
  ],
  // Halves of surrogate pairs.
  'utf-16le': [
    [[0x3d, 0xd8], '\\xED\\xA0\\xBD'],
    [[0x00, 0xde], '\\xED\\xB8\\x80'],
  ],
  'utf-16be': [[[0xd8, 0x3d], '\\xED\\xA0\\xBD']],
};

/** Writes CSV of any style, its columns in an order by chance. */
export const csvWriter =
  (style: CsvStyle): MakeWriter =>
  (plan, random) => {
    const { delimiter, quote } = style;
    const sink = new Sink(encodings[style.encoding]);
    if (style.bom) sink.text('\uFEFF');
    const names = [...plan.fields.map(({ name }) => name), ...plan.extras.map(({ name }) => name)];
    const order = random.shuffle(names);

    const quoted = (text: string) => quote + text.replaceAll(quote, quote + quote) + quote;
    const field = (text: string) => {
      const must = /[\r\n]/.test(text) || text.includes(delimiter) || text.startsWith(quote) || text.endsWith(quote);
      return must || random.chance(0.1) ? quoted(text) : text;
    };
    const textsOf = (row: Row): string[] =>
      order.map((name) => {
        const index = plan.fields.findIndex((candidate) => candidate.name === name);
        if (index >= 0) return row.cells[index]!.text;
        const extra = row.extras.find(([other]) => other === name)?.[1];
        return extra === undefined ? '' : JSON.parse(extra);
      });
    const put = (raw: string): Written => {
      const { line } = sink;
      sink.text(raw + random.pick(style.ends));
      if (random.chance(0.01)) sink.text(random.pick(style.ends));
      return { raw, line };
    };

    const spell = style.spellHeader ?? ((name) => name);
    const headers = order.map((name) => {
      const known = plan.fields.find((candidate) => candidate.name === name);
      return spell(known ? random.pick(known.headers) : name, random);
    });
    put(headers.join(delimiter));

    /** Quotes that open a field and never close it, as offsets in `told`, with the records that they spoil. */
    const open: { from: number; start: number; written: Written }[] = [];
    let told = '';
    const tell = (written: Written): Written => {
      told += `${written.raw}\n`;
      return written;
    };

    const invalid = (fields: string[]): Written => {
      const { line } = sink;
      const before = `${fields.slice(0, -1).join(delimiter)}${delimiter}a`;
      const [bytes, shown] = random.pick(INVALID[style.encoding]);
      sink.text(before);
      sink.bytes(...bytes);
      sink.text(`b${random.pick(style.ends)}`);
      return { raw: `${before}${shown}b`, line, rule: 'invalid_utf8' };
    };

    const damages: ((texts: string[]) => Written)[] = [
      (texts) => ({ ...put(texts.slice(1).map(field).join(delimiter)), rule: 'too_few_fields' }),
      (texts) => ({ ...put([...texts, 'more'].map(field).join(delimiter)), rule: 'too_many_fields' }),
      (texts) => {
        const at = random.int(0, texts.length - 1);
        const cells = texts.map((text, index) => (index === at ? `${quoted(text)}x` : field(text)));
        return { ...put(cells.join(delimiter)), rule: 'text_after_closing_quote' };
      },
      (texts) => {
        const plain = texts.map((text) =>
          text
            .replaceAll(quote, '')
            .replaceAll(delimiter, '')
            .replace(/[\r\n]/g, ''),
        );
        const at = random.int(0, texts.length - 1);
        const before = plain
          .slice(0, at)
          .map((text) => text + delimiter)
          .join('');
        const written: Written = { ...put(`${before}${quote}${plain.slice(at).join(delimiter)}`), rule: '' };
        open.push({ from: told.length + before.length + 1, start: told.length, written });
        return written;
      },
      (texts) => ({ ...put([`a\0${texts[0]}`, ...texts.slice(1)].map(field).join(delimiter)), rule: 'nul_byte' }),
      (texts) => {
        const long = put(['x'.repeat(2 * MAX_RECORD), ...texts.slice(1)].map(field).join(delimiter));
        return { ...long, rule: 'record_too_long' };
      },
      (texts) => invalid(texts.map(field)),
    ];

    const writer: Writer = {
      row: (row) => tell(put(textsOf(row).map(field).join(delimiter))),
      damaged: (row) => {
        // Only sound records run over several lines: of a damaged one no more than its first line is given up.
        const texts = textsOf(row).map((text) => text.replace(/[\r\n]/g, ' '));
        const written = tell(random.pick(damages)(texts));
        written.raw = written.raw.replaceAll('\0', '\\x00');
        return written;
      },
      finish() {
        for (const { from, written } of open) {
          // What stands behind the next quote is never a delimiter or a line end, so that it is no end of the field.
          const next = oddQuote(told, quote, from);
          written.rule = next < 0 || next - from > MAX_RECORD - 200 ? 'unterminated_quote' : 'text_after_closing_quote';
        }
        return sink.finish();
      },
    };
    return writer;
  };

/** Index of the next quote that is not one of a pair; -1: there is none. */
function oddQuote(text: string, quote: string, from: number): number {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 2)) {
    if (text[at + 1] !== quote) return at;
  }
  return -1;
}
