import { describe, expect, it } from '@jest/globals';
import { parse, problemsAt } from './contract.ts';

const NUMBER =
  'logicalType: number, physicalType: double, customProperties: [{ property: decimalSeparator, value: "," }]';

describe('file', () => {
  it.each([
    [
      '{ delimiter: ";", quote: "\'", header: false, encoding: utf-16be }',
      { delimiter: ';', quote: "'", header: false, encoding: 'utf-16be' },
    ],
    ['{ delimiter: "\\t", quote: null }', { delimiter: '\t', quote: null }],
    ['{ delimiter: "|" }', { delimiter: '|' }],
    ['{}', {}],
  ])('may be %s', (value, expected) => {
    expect(parse({ table: `property: file, value: ${value}` }).file).toEqual(expected);
  });

  it.each(['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1'])('may be in %s', (encoding) => {
    expect(parse({ table: `property: file, value: { encoding: ${encoding} }` }).file).toEqual({ encoding });
  });

  const untold =
    ' can not be told from the content: it must be a tab or a punctuation mark other than quotes, "-", "+", "." and "_"';
  const noQuote =
    'quote: must be one punctuation mark other than "-", "+", ".", "_", "[" and "{", or null if fields are never quoted';
  it.each([
    ['{ §separator: ";" }', 'unknown field "separator"'],
    ['{ §delimiter: "" }', `delimiter: ""${untold}`],
    ['{ §delimiter: x }', `delimiter: "x"${untold}`],
    ['{ §delimiter: " " }', `delimiter: " "${untold}`],
    ['{ §delimiter: "-" }', `delimiter: "-"${untold}`],
    ['{ §delimiter: "\\n" }', `delimiter: "\\n"${untold}`],
    ["{ §delimiter: '\"' }", `delimiter: "\\""${untold}`],
    ['{ §delimiter: "§" }'.replace('"§"', '"¦"'), `delimiter: "¦"${untold}`],
    ["{ §delimiter: '\\t' }", 'delimiter: "\\\\t" is 2 characters; it must be one (a tab is "\\t", in double quotes)'],
    ['{ §delimiter: null }', 'delimiter: Invalid input: expected string, received null'],
    ['{ §quote: a }', noQuote],
    ['{ §quote: "" }', noQuote],
    ['{ §quote: "\\t" }', noQuote],
    ['{ §quote: "{" }', noQuote],
    ['{ §quote: "[" }', noQuote],
    ['{ delimiter: "|", §quote: "|" }', 'quote: is the delimiter, too'],
    ['{ §header: 1 }', 'header: Invalid input: expected boolean, received number'],
    [
      '{ §encoding: latin1 }',
      'encoding: Invalid option: expected one of "utf-8"|"utf-16le"|"utf-16be"|"windows-1252"|"iso-8859-1"',
    ],
  ])('can not be %s', (value, reason) => {
    expect(problemsAt({ table: `property: file, value: ${value}` })).toEqual([reason]);
  });

  it('can not separate fields by what numbers have in them, if nothing is quoted', () => {
    const problems = problemsAt({ column: NUMBER, table: 'property: file, value: { §delimiter: ",", quote: null }' });

    expect(problems).toEqual(['the numbers of x have the delimiter in them, and fields are never quoted']);
    expect(parse({ column: NUMBER, table: 'property: file, value: { delimiter: "," }' }).file.delimiter).toBe(',');
  });
});
