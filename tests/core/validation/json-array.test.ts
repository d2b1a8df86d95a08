import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { damages, split, stagedRows } from './splitting.ts';

const array = (text: string, maxRecord?: number) => split(text, { format: 'json', ...(maxRecord && { maxRecord }) });
const firsts = (outcome: ReturnType<typeof split>) => stagedRows(outcome).map((row) => row[2]);

const cell = fc.oneof(
  fc.constantFrom('', 'x', 'a,b', '"', '\\', '{', '}', '[', ']', '},\n{', 'é😀', ':', '\u2028'),
  fc.string({ maxLength: 6 }),
);
const row = fc.record({
  a: cell,
  b: cell,
  c: fc.oneof(cell, fc.integer(), fc.constant(null)),
  z: fc.jsonValue({ maxDepth: 2 }),
});

/** An array in one of the layouts that programs write. */
const layouts: Record<string, (items: unknown[]) => string> = {
  'on one line': (items) => JSON.stringify(items),
  'one record a line': (items) => `[\n${items.map((item) => JSON.stringify(item)).join(',\n')}\n]\n`,
  'one record a line, indented': (items) => `[\r\n  ${items.map((item) => JSON.stringify(item)).join(',\r\n  ')}\r\n]`,
  'one record a line, brackets beside': (items) => `[${items.map((item) => JSON.stringify(item)).join(',\n')}]`,
  'one record a line, commas first': (items) => `[ ${items.map((item) => JSON.stringify(item)).join('\n, ')}\n]`,
  'pretty-printed': (items) => JSON.stringify(items, null, 2),
  'pretty-printed with tabs and CR': (items) => JSON.stringify(items, null, '\t').replaceAll('\n', '\r'),
};

describe('JsonArraySplitter', () => {
  it.each(Object.entries(layouts))('reads every record of a sound array that is written %s', (_, write) => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), (items) => {
        const outcome = array(write(items));

        const texts = (value: unknown) =>
          (value === null ? '' : String(value)).toWellFormed().replaceAll('\0', '\ufffd');
        expect(outcome.error).toBeUndefined();
        expect(outcome.damaged).toEqual([]);
        expect(stagedRows(outcome).map((fields) => fields.slice(2, 5))).toEqual(
          items.map(({ a, b, c }) => [a, b, c].map(texts)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it.each(Object.entries(layouts).filter(([name]) => !/on one line|commas first/.test(name)))(
    'loses one record to one bracket or quote too many or too few, in an array that is written %s',
    (_, write) => {
      const items = Array.from({ length: 7 }, (_, index) => ({ a: `r${index}`, b: 'x y', c: 1.5, z: { k: [1, 'm'] } }));
      const text = write(items);
      const starts = items.map(({ a }) => text.lastIndexOf('{', text.indexOf(`"${a}"`)));
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: items.length - 2 }),
          fc.nat(),
          fc.constantFrom('{', '}', '[', ']', '"', 'delete'),
          (index, place, what) => {
            const end = text.lastIndexOf('}', starts[index + 1]!);
            const at = starts[index]! + (place % (end + 1 - starts[index]!));
            const isStructure = /["{}[\]]/.test(text[at]!);
            fc.pre(what !== 'delete' || isStructure);
            const broken =
              what === 'delete' ? text.slice(0, at) + text.slice(at + 1) : text.slice(0, at) + what + text.slice(at);
            // Within a text a bracket is text.
            fc.pre(!isSound(broken));

            const outcome = array(broken);

            expect([broken, outcome.error]).toEqual([broken, undefined]);
            const others = items.map(({ a }) => a).filter((_, other) => other !== index);
            expect([broken, firsts(outcome).filter((name) => others.includes(name!))]).toEqual([broken, others]);
            expect([broken, firsts(outcome).length]).toEqual([broken, others.length]);
            expect(outcome.damaged.length).toBeGreaterThan(0);
          },
        ),
        { numRuns: 3_000 },
      );
    },
  );

  it('rejects an element whose brackets and quotes match alone, wherever it stands', () => {
    const outcome = array('[{"a":NaN},{"a":1},{"a":"x" "b"},5,"text",[{"a":2}],{"a":01},null,{a:1},{"a":3}]');

    expect(outcome.error).toMatch('record 3, which begins in line 1, is broken: text follows the closing quote');
    const clean = array('[{"a":NaN},{"a":1},5,"text",[{"a":2}],{"a":01},null,{a:1},{"a":3} x,{"a":4}]');
    expect(firsts(clean)).toEqual(['1', '4']);
    expect(damages(clean).map(([record, , rule]) => [record, rule])).toEqual([
      [1, 'invalid_json'],
      [3, 'not_an_object'],
      [4, 'not_an_object'],
      [5, 'not_an_object'],
      [6, 'invalid_json'],
      [7, 'not_an_object'],
      [8, 'invalid_json'],
      [9, 'invalid_json'],
    ]);
  });

  it('says where commas are missing or too many', () => {
    const outcome = array('[,{"a":1},,{"a":2} {"a":3}\n,{"a":4},]');

    expect(firsts(outcome)).toEqual(['1', '3', '4']);
    expect(outcome.damaged.map(({ record, line, message }) => [record, line, message])).toEqual([
      [1, 1, 'a comma too many: there is no record before it'],
      [3, 1, 'a comma too many: there is no record before it'],
      [4, 1, 'the comma after the record is missing'],
      [7, 2, 'a comma too many: no record follows it'],
    ]);
  });

  it.each([
    ['[{"a":1}', 'breaks off after 0 records'],
    ['[\n{"a":1},\n{"a":2},\n{"a":', 'breaks off after 2 records, in line 4'],
    ['[\n{"a":1},\n{"a":2},\n', 'closing bracket of the array is missing'],
    ['[{"a":1}] x', 'text follows the end of the array'],
    ['[{"a":1}]\n[{"a":2}]', 'text follows the end of the array'],
    ['[\n{"a":1}\n]\n{"a":2}\n]', 'text follows the end of the array'],
    ['[{"a":1},{"a":"x"y},{"a":3}]', 'record 2, which begins in line 1, is broken'],
    ['[', 'breaks off'],
    ['['.repeat(100_000), 'breaks off'],
    ['[{"a":'.repeat(50_000), 'breaks off'],
  ])('refuses %.40s', (text, message) => {
    expect(array(text).error).toMatch(message);
  });

  it('survives records that are nested deeply', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

    const outcome = array(`[{"a":1},${deep},{"z":${deep}},{"a":2}]`);

    expect(damages(outcome)).toEqual([[2, 1, 'not_an_object']]);
    expect(firsts(outcome)).toEqual(['1', '', '2']);
  });

  it('gives up a record that is too long and goes on with the next line', () => {
    const outcome = array(`[\n{"a":1},\n{"a":"${'x'.repeat(100)}"},\n{"a":3}\n]`, 50);

    expect(firsts(outcome)).toEqual(['1', '3']);
    expect(damages(outcome)).toEqual([[2, 3, 'record_too_long']]);
  });

  it('costs a record its raw tab or other control character alone, on one line too', () => {
    const outcome = array('[{"a":"1"},{"a":"x\ty"},{"a":"x\u0001y"},{"a":"4"}]');

    expect(firsts(outcome)).toEqual(['1', '4']);
    expect(damages(outcome)).toEqual([
      [2, 1, 'invalid_json'],
      [3, 1, 'invalid_json'],
    ]);
  });

  it('does not take a text that a backslash leads over its line end for one', () => {
    const outcome = array('[\n{"a":"1"},\n{"a":"x\\\n{"a":"2"},\n{"a":"3"}\n]');

    expect(firsts(outcome)).toEqual(['1', '2', '3']);
    expect(damages(outcome)).toEqual([[2, 3, 'invalid_json']]);
  });

  it('says that lines were given up together', () => {
    const outcome = array('[\n  {\n    "a": "1"\n  },\n  {\n    "a": "x"y\n  },\n  {\n    "a": "3"\n  }\n]');

    expect(firsts(outcome)).toEqual(['1', '3']);
    expect(outcome.damaged[0]?.message).toMatch('given up with everything up to the next line that begins a record');
  });

  it('leaves the bracket of the array out of a last record that is broken', () => {
    const text = '[\n{"a":"1"},\n{"a":"x"y}\n]\n';

    const outcome = array(text);

    expect(damages(outcome)).toEqual([[2, 3, 'invalid_json']]);
    expect(text.slice(...outcome.begins.slice(-2))).toBe('{"a":"x"y}\n');
  });

  const pretty = (items: unknown[], indent: string) =>
    JSON.stringify(items, null, '\t').replace(/^\t+/gm, (tabs) => indent.repeat(tabs.length));
  const nested = [{ a: 'first' }, { a: 'second', z: [{ a: 'nested' }, { a: 'deep' }] }, { a: 'third' }];
  it.each([
    ['without indentation', pretty(nested, '').replace('"second', '"se"cond')],
    [
      'and breaks off after a nested bracket',
      pretty(nested, ' ')
        .replace('"second', '"se"cond')
        .replace(/(\n *\])[\s\S]*/, '$1'),
    ],
    ['with several records on a line', '[\n{"a":"1"},{"a":"2"},\n{"a":"x"y},{"a":"3"},\n{"a":"4"}\n]'],
    ['with several records on a line further down', '[\n{"a":"1"},\n{"a":"x"y},{"a":"3"},\n{"a":"4"},{"a":"5"}\n]'],
    ['in layouts that change', '[\n{"a":"1"},\n{"a":"x"y},\n{\n"a":"3"\n},\n{"a":"4"}\n]'],
  ])('refuses an array %s where a quote is broken, rather than guess where records begin', (_, text) => {
    expect(array(text).error).toMatch(/^record \d, which begins in line \d, is broken: text follows the closing quote/);
  });
});

function isSound(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
