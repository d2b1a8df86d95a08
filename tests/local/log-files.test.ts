import { closeSync, existsSync, mkdtempSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lastLines, openLog } from '../../local/log-files.ts';

const file = () => join(mkdtempSync(join(tmpdir(), 'log-')), 'part.log');

describe('lastLines', () => {
  it('returns the end of any file, whatever its length and line lengths', () => {
    const path = file();
    const lines = fc.array(
      fc.string({ maxLength: 200 }).map((text) => text.replaceAll(/[\r\n]/g, '·')),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 70 }), (written, count) => {
        writeFileSync(path, written.map((line) => `${line}\n`).join(''));

        expect(lastLines(path, count)).toEqual(written.slice(-count));
      }),
      { numRuns: 100 },
    );
  });

  it('reads across the blocks of a large file', () => {
    const path = file();
    const written = Array.from({ length: 5000 }, (_, index) => `${index} ${'ü'.repeat(40)}`);
    writeFileSync(path, `${written.join('\n')}\n`);

    const read = lastLines(path, 3000);

    expect(read).toEqual(written.slice(-3000));
  });

  it('returns nothing for a file that is not there', () => {
    expect(lastLines('/nonexistent/part.log', 5)).toEqual([]);
  });
});

describe('openLog', () => {
  it('appends to a log', () => {
    const path = file();
    writeFileSync(path, 'old\n');

    const descriptor = openLog(path);
    writeSync(descriptor, 'new\n');
    closeSync(descriptor);

    expect(readFileSync(path, 'utf8')).toBe('old\nnew\n');
  });

  it('puts a large log aside', () => {
    const path = file();
    writeFileSync(path, '');
    truncateSync(path, 20_000_001);

    closeSync(openLog(path));

    expect(readFileSync(path, 'utf8')).toBe('');
    expect(existsSync(`${path}.1`)).toBe(true);
  });
});
