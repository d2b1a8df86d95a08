import { describe, expect, it } from '@jest/globals';
import { formatBytes, formatDuration, formatTime, parseDuration, plainCell, printable } from '../../cli/format.ts';

describe('values on a terminal', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 KB'],
    [999_960, '1.0 MB'],
    [185_400_000, '185 MB'],
    [3.2e15, '3200 TB'],
  ])('shows %d bytes as %s', (bytes, expected) => {
    expect(formatBytes(bytes)).toBe(expected);
  });

  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1.0 s'],
    [59_949, '59.9 s'],
    [59_999, '1 min 0 s'],
    [3_599_999, '1 h 0 min'],
    [7_260_000, '2 h 1 min'],
  ])('shows %d milliseconds as %s', (milliseconds, expected) => {
    expect(formatDuration(milliseconds)).toBe(expected);
  });

  it('shows times in UTC and leaves what is no time alone', () => {
    expect(formatTime('2026-03-01T10:15:02.999+01:00')).toBe('2026-03-01 09:15:02');
    expect(formatTime('yesterday')).toBe('yesterday');
    expect(formatTime(undefined)).toBe('');
  });

  it('makes control characters visible but keeps line breaks and other scripts', () => {
    expect(printable('a\u001b[31mb\u0000\nMärz 東京')).toBe('a\\x1b[31mb\\x00\nMärz 東京');
  });

  it('keeps one record on one line in plain output', () => {
    expect(plainCell('a\tb\nc\\d\r')).toBe('a\\tb\\nc\\\\d\\r');
    expect(plainCell(null)).toBe('');
  });
});

describe('a time span', () => {
  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['1.5h', 5_400_000],
    ['7 d', 604_800_000],
  ])('reads %s', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it.each(['', '10', 'm', '-5m', '5 weeks', '1e3s'])('does not read "%s"', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});
