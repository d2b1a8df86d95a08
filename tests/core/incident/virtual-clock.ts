import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../../core/ledger/store.ts';

/**
 * A clock for many at once: whoever sleeps goes on when all that is awake has come to rest, in the order of their time.
 */
export function virtualClock(random: () => number, start = '2026-03-01T10:15:00.000Z') {
  let now = Date.parse(start);
  const sleepers: { at: number; wake: () => void }[] = [];
  const clock: Clock = {
    now: () => new Date(now),
    sleep: (milliseconds) =>
      new Promise((wake) => {
        sleepers.push({ at: now + milliseconds, wake });
      }),
    random,
  };
  return {
    clock,
    /** Lets time pass until the work is done. */
    async run<T>(work: Promise<T>): Promise<T> {
      let done = false;
      const finished = work.finally(() => {
        done = true;
      });
      finished.catch(() => undefined);
      while (!done) {
        await turn();
        if (done) break;
        sleepers.sort((a, b) => a.at - b.at);
        const next = sleepers.shift();
        if (next === undefined) continue;
        now = Math.max(now, next.at);
        next.wake();
      }
      return finished;
    },
    advance: (seconds: number) => {
      now += seconds * 1000;
    },
  };
}
