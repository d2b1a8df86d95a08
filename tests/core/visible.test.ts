import { describe, expect, it } from '@jest/globals';
import { cut, visible } from '../../core/visible.ts';

describe('text from a stranger', () => {
  it.each([
    ['a control character', 'a\u001b[2Jb', 'a\\x1b[2Jb'],
    ['a line end and a tab', 'a\r\nb\tc', 'a\\r\\nb\\tc'],
    ['a space that does not break', '1\u00a0000', '1\\u00a0000'],
    ['a byte order mark', '\ufefforder_id', '\\ufefforder_id'],
    ['a change of direction', 'abc\u202edef', 'abc\\u202edef'],
    ['half of a character', 'a\ud800b', 'a\\ud800b'],
    ['an invisible character beyond the first plane', 'a\u{e0041}', 'a\\u{e0041}'],
  ])('shows %s', (_what, text, expected) => {
    expect(visible(text)).toBe(expected);
  });

  it('is left as it is where everything can be seen', () => {
    expect(visible('Müller, 東京 "x" \\n')).toBe('Müller, 東京 "x" \\n');
  });

  it('is cut where it is long, never inside of a character', () => {
    expect(cut('12345', 5)).toBe('12345');
    expect(cut('x'.repeat(1_234), 5)).toBe('xxxxx… (1,234 characters)');
    expect(cut('abc😀def', 4)).toBe('abc… (8 characters)');
  });
});
