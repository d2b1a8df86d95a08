import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { textWidth, wrapText } from '../../cli/wrap.ts';

describe('wrapping', () => {
  it.each([
    ['short', 10, ['short']],
    ['', 10, ['']],
    ['two words here', 9, ['two words', 'here']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['a bcdefghij', 6, ['a bcde', 'fghij']],
    ['one\ntwo', 10, ['one', 'two']],
    ['東京東京', 5, ['東京', '東京']],
  ])('breaks %j at %d places', (text, width, expected) => {
    expect(wrapText(text, width)).toEqual(expected);
  });

  it('makes no line too long and loses nothing but the spaces it breaks at', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 80 });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 30 }), (given, width) => {
        const lines = wrapText(given, width);
        const letters = (value: string) => value.replace(/[ \n]/g, '');
        expect(letters(lines.join(''))).toBe(letters(given));
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
