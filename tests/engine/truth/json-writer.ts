import type { Cell } from './cells.ts';
import type { Plan, Row } from './plan.ts';
import type { Random } from './random.ts';
import { encodings, MAX_RECORD, type MakeWriter, Sink, type Written } from './writer.ts';

/** Not JSON, though its brackets and texts are. */
const INVALID = ['{"a":1,}', '{"a":NaN}', '{"a":01}', '{a:1}', '{"a":+1}', '{"a":"\\x41"}'];
/** Not JSON, in a way that a quote may be to blame for. */
const UNCLEAN = ['{"a" 1}', '{"a":"\t"}'];
const NOT_OBJECTS = ['[1,{"a":2}]', '"text"', '42', 'null', 'true', '-0.5e3'];

/** Members of an object, in an order by chance; missing values as null, as an empty text, or left out. */
function membersOf(plan: Plan, row: Row, random: Random): string[] {
  const members = plan.fields.flatMap(({ name, headers }, index) => {
    const cell = row.cells[index]!;
    const isTwice = name === row.twice;
    if (cell.text === '' && !isTwice && random.chance(0.4)) return [];
    const key = isTwice ? headers[0] : random.pick(headers);
    const member = `${JSON.stringify(key)}:${random.pick(['', ' '])}${source(cell, random)}`;
    return isTwice ? [member, member] : [member];
  });
  const extras = row.extras.map(([name, json]) => `${JSON.stringify(name)}:${json}`);
  return random.shuffle([...members, ...extras]);
}

function source(cell: Cell, random: Random): string {
  if (cell.text === '') return random.pick(['null', '""']);
  if (cell.json !== undefined) return cell.json;
  const json = JSON.stringify(cell.text);
  return random.chance(0.1) ? json.replace(/[^ -~]/g, escaped) : json;
}

const escaped = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Damages that a reader of objects finds in any JSON file. */
const DAMAGES: [rule: string, json: (plan: Plan, row: Row, random: Random) => string][] = [
  ['not_an_object', (_plan, _row, random) => random.pick(NOT_OBJECTS)],
  ['invalid_json', (_plan, _row, random) => random.pick(INVALID)],
  ['invalid_json', (plan, row, random) => `{${membersOf(plan, row, random).join(',')},}`],
  ['invalid_json', (_plan, _row, random) => random.pick(UNCLEAN)],
  ['record_too_long', () => JSON.stringify({ long: 'x'.repeat(2 * MAX_RECORD) })],
];

/** Writes one object a line. */
export const jsonLinesWriter: MakeWriter = (plan, random) => {
  const sink = new Sink(encodings['utf-8']);
  const put = (raw: string): Written => {
    const { line } = sink;
    sink.text(raw + random.pick(['\n', '\n', '\r\n']));
    if (random.chance(0.01)) sink.text('\n');
    return { raw, line };
  };
  const invalid = (): Written => {
    const { line } = sink;
    sink.text('{"a":"');
    sink.bytes(0xff);
    sink.text('"}\n');
    return { raw: '{"a":"\\xFF"}', line, rule: 'invalid_utf8' };
  };
  return {
    row: (row) => put(`{${membersOf(plan, row, random).join(random.pick([',', ', ']))}}`),
    damaged(row) {
      const kind = random.int(1, 10);
      if (kind === 1) return invalid();
      if (kind === 2) {
        const { raw, line } = put('{"a":"\0"}');
        return { raw: raw.replace('\0', '\\x00'), line, rule: 'nul_byte' };
      }
      if (kind === 3) {
        const cut = `{${membersOf(plan, row, random).join(',')}`;
        return { ...put(cut), rule: 'invalid_json' };
      }
      const [rule, json] = random.pick(DAMAGES);
      return { ...put(json(plan, row, random)), rule };
    },
    finish: () => sink.finish(),
  };
};

/** Writes one array of objects: all on one line, each on a line, or each on several, as one program would. */
export const jsonArrayWriter: MakeWriter = (plan, random) => {
  const sink = new Sink(encodings['utf-8']);
  const style = random.pick(['compact', 'lines', 'spread']);
  const isCompact = style === 'compact';
  const indent = random.pick(['', '  ', '\t']);
  // Nothing shows for sure where the record after a broken one begins.
  const isBlurred = isCompact || (style === 'spread' && indent === '');
  let isFirst = true;
  /** After a record whose end does not show. */
  let isLost = false;
  const put = (raw: string): Written => {
    sink.text(isFirst ? '[' : ',');
    sink.text(isCompact ? random.pick(['', ' ']) : random.pick(['\n', '\r\n', '\n\n']) + indent);
    isFirst = false;
    const { line } = sink;
    sink.text(raw);
    return { raw, line };
  };
  return {
    row(row) {
      isLost = false;
      const members = membersOf(plan, row, random);
      if (style !== 'spread') return put(`{${members.join(',')}}`);
      const inner = `\n${indent}  `;
      return put(`{${inner}${members.join(`,${inner}`)}\n${indent}}`);
    },
    damaged(row) {
      // After one of the last two damages a file is refused if nothing shows where the next record begins; otherwise it
      // is the next line with a brace.
      const [rule, json] = random.pick(DAMAGES.slice(isLost ? 1 : 0, isBlurred ? -2 : undefined));
      isLost = DAMAGES.slice(-2).some(([, other]) => other === json);
      const text = json(plan, row, random);
      // Braces show where a record begins, so those of damaged ones stand as the others do.
      const isSpread = style === 'spread' && text.startsWith('{');
      return { ...put(isSpread ? `{\n${indent}  ${text.slice(1, -1)}\n${indent}}` : text), rule };
    },
    finish() {
      sink.text('\n]\n');
      return sink.finish();
    },
  };
};
