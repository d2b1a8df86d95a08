import { appendFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { followLogs, logs } from '../../local/logs.ts';

function homeWithLogs(contents: Record<string, string>): string {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  mkdirSync(join(home, 'logs'));
  for (const [name, text] of Object.entries(contents)) writeFileSync(join(home, 'logs', `${name}.log`), text);
  return home;
}

describe('logs', () => {
  it('returns the last lines of each log that exists', () => {
    const home = homeWithLogs({ trino: 'a\nb\nc\n', supervisor: 'x\n' });

    const found = logs({ home, lines: 2 });

    expect(found.map(({ name, lines }) => [name, lines])).toEqual([
      ['trino', ['b', 'c']],
      ['supervisor', ['x']],
    ]);
  });

  it('names the logs there are when asked for another', () => {
    expect(() => logs({ home: homeWithLogs({}), names: ['tirno'] })).toThrow(
      'there is no log of "tirno"; there are ministack, trino, athena, metrics, supervisor',
    );
  });
});

describe('followLogs', () => {
  it('hands on whole new lines only, also after the log was begun anew', async () => {
    const home = homeWithLogs({ trino: 'old, and long enough to be longer than what comes\n' });
    const file = join(home, 'logs', 'trino.log');
    const stop = new AbortController();
    const seen: string[] = [];
    const arrives = async (line: string) => {
      for (let waited = 0; !seen.includes(line); waited += 5) {
        if (waited > 5000) throw new Error(`no "${line}" among ${JSON.stringify(seen)}`);
        await sleep(5);
      }
    };
    const onLine = (_: string, line: string) => seen.push(line);
    const following = followLogs({ home, signal: stop.signal, pollMilliseconds: 5, onLine });

    appendFileSync(file, 'one\ntw');
    await arrives('one');
    appendFileSync(file, 'o\n');
    await arrives('two');
    writeFileSync(file, 'anew\n');
    await arrives('anew');
    stop.abort();
    await following;

    expect(seen).toEqual(['one', 'two', 'anew']);
  });
});
