import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { withLock } from '../../local/lock.ts';
import { identify } from '../../local/process-identity.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'lock-'));

describe('withLock', () => {
  it('lets one holder in at a time', async () => {
    const file = join(folder(), 'lock');
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside++;
      most = Math.max(most, inside);
      await sleep(3);
      inside--;
    };

    await Promise.all(Array.from({ length: 20 }, () => withLock(file, work, { pollMilliseconds: 1 })));

    expect(most).toBe(1);
  });

  it('leaves nothing behind, also when the work throws', async () => {
    const at = folder();

    const failing = withLock(join(at, 'lock'), async () => {
      throw new Error('broken');
    });

    await expect(failing).rejects.toThrow('broken');
    expect(readdirSync(at)).toEqual([]);
  });

  it('takes over a lock whose process is gone, even if its number runs again', async () => {
    const file = join(folder(), 'lock');
    writeFileSync(file, JSON.stringify({ pid: process.pid, started: 'in another life' }));

    const outcome = await withLock(file, async () => 'done');

    expect(outcome).toBe('done');
  });

  it('takes over a lock that a full disk left empty', async () => {
    const file = join(folder(), 'lock');
    writeFileSync(file, '');

    const outcome = await withLock(file, async () => 'done');

    expect(outcome).toBe('done');
  });

  it('lets only one of many waiters take over a stale lock', async () => {
    const file = join(folder(), 'lock');
    writeFileSync(file, JSON.stringify({ pid: process.pid, started: 'in another life' }));
    let inside = 0;
    let most = 0;

    await Promise.all(
      Array.from({ length: 10 }, () =>
        withLock(
          file,
          async () => {
            most = Math.max(most, ++inside);
            await sleep(2);
            inside--;
          },
          { pollMilliseconds: 1 },
        ),
      ),
    );

    expect(most).toBe(1);
  });

  it('says who holds it while waiting', async () => {
    const file = join(folder(), 'lock');
    const holders: number[] = [];

    await Promise.all([
      withLock(file, () => sleep(20)),
      withLock(file, async () => {}, { pollMilliseconds: 1, onWait: (holder) => holders.push(holder) }),
    ]);

    expect(holders).toEqual([identify(process.pid)!.pid]);
  });
});
