import { describe, expect, it } from '@jest/globals';
import { bytes, terminalProgress } from '../../local/progress.ts';

function output(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 40, write: (text: string) => written.push(text), written };
}

describe('terminalProgress away from a terminal', () => {
  it('prints a line at the start and the end of a step, and no control characters', () => {
    const out = output(false);
    const progress = terminalProgress(out, () => 0);

    progress.step('Trino');
    progress.update('fetching');
    progress.done('in /cache');

    expect(out.written).toEqual(['Trino …\n', 'Trino: in /cache (0 s)\n']);
  });

  it('shows that a long step moves, at most every ten seconds', () => {
    const out = output(false);
    let now = 0;
    const progress = terminalProgress(out, () => now);

    progress.step('Trino');
    for (now = 1000; now <= 25_000; now += 1000) progress.update(`${now / 1000} MB`);
    progress.fail('no network');

    expect(out.written).toEqual(['Trino …\n', 'Trino: 10 MB\n', 'Trino: 20 MB\n', 'Trino: no network (26 s)\n']);
  });
});

describe('terminalProgress on a terminal', () => {
  it('redraws one line that never wraps and ends it with the outcome', () => {
    const out = output(true);
    const progress = terminalProgress(out, () => 0);

    progress.step('Trino');
    progress.update('x'.repeat(100));
    progress.done('ready');

    const drawn = out.written.map((text) => text.replace('\r\x1b[2K', ''));
    expect(Math.max(...drawn.slice(0, -1).map((text) => text.length))).toBeLessThan(40);
    expect(drawn.at(-1)).toContain('Trino: ready (0 s)\n');
    expect(drawn.slice(0, -1).join('')).not.toContain('\n');
  });
});

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1500, '1.5 kB'],
    [185_000_000, '185 MB'],
    [999_999_999, '1.0 GB'],
  ])('writes %d as people read it', (count, text) => {
    expect(bytes(count)).toBe(text);
  });
});
