import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AlertMessage } from '../../../core/incident/message.ts';
import { reportFailure } from '../../../core/incident/report.ts';
import { resolveFor } from '../../../core/incident/resolve.ts';
import { sweepIncidents } from '../../../core/incident/sweep.ts';
import { seeded } from '../../engine/seed.ts';
import { arnOf, fileItem, killable, world } from './incidents.ts';
import { virtualClock } from './virtual-clock.ts';

seeded('storms of failures');

const RUNS = 100;
const names = Array.from({ length: RUNS }, (_, index) => `run${index}`);
/** Lambda repeats an invocation that failed after a minute, and once more after two. */
const PAUSES = [60_000, 120_000];
type Ports = ReturnType<typeof world>['ports'];

const storms = fc.record({
  seed: fc.nat(),
  /** Events delivered again, and the share of invocations that are killed. */
  repeats: fc.nat({ max: 50 }),
  killed: fc.constantFrom(0, 0.1, 0.5, 0.9),
  /** Over how long the events come, in milliseconds. */
  spread: fc.constantFrom(0, 5_000, 60_000),
  /** Files of one batch when they are run again. */
  batch: fc.integer({ min: 1, max: RUNS }),
});

describe('a hundred runs that fail of one cause', () => {
  it('are one page with their number and one "resolved", whatever is repeated, shuffled or killed', async () => {
    await fc.assert(
      fc.asyncProperty(storms, async ({ seed, repeats, killed, spread, batch }) => {
        const random = numbers(seed);
        const time = virtualClock(random);
        const { ports, open, closed } = world(time.clock);
        const topic = recordingTopic(random, killed);
        const again = async (work: (given: Ports) => Promise<unknown>, delay: number) => {
          await time.clock.sleep(delay);
          for (const pause of PAUSES) {
            if (await topic.invoke(ports, work)) return;
            await time.clock.sleep(pause);
          }
          await topic.invoke(ports, work, 0);
        };

        const events = [...names, ...Array.from({ length: repeats }, () => names[Math.floor(random() * RUNS)]!)];
        await time.run(
          Promise.all(events.map((name) => again((given) => reportFailure(arnOf(name), given), random() * spread))),
        );
        const opened = open();
        const files = shuffled(names, random).map((name) => fileItem({ name }));
        const batches = Array.from({ length: Math.ceil(RUNS / batch) }, (_, index) =>
          files.slice(index * batch, (index + 1) * batch),
        );
        await time.run(
          Promise.all(batches.map((some) => again((given) => resolveFor(given, 'orders', some), random() * 100))),
        );
        time.advance(60);
        await time.run(topic.invoke(ports, (given) => sweepIncidents({ ...ports, ...given }, 300_000), 0));

        expect(opened).toMatchObject([{ count: RUNS }]);
        expect(closed()).toMatchObject([{ count: RUNS, outcome: 'resolved' }]);
        expect(open()).toEqual([]);
        for (const kind of ['page', 'resolved'] as const) {
          const { sent, killedAfter } = topic.of(kind);
          // SNS can not be told that a message was sent before: whoever is killed before it could note that, sends it again.
          expect(sent.length).toBeGreaterThanOrEqual(1);
          expect(sent.length).toBeLessThanOrEqual(1 + killedAfter);
        }
        expect(topic.of('resolved').sent.every((subject) => subject.includes(`resolved: ${RUNS} runs`))).toBe(true);
        if (killed === 0 && spread < 10_000) expect(topic.of('page').sent[0]).toContain(`${RUNS} runs, orders`);
      }),
      { numRuns: 60 },
    );
  });

  it('are exactly one page and one "resolved" when nobody is killed', async () => {
    const random = numbers(1);
    const time = virtualClock(random);
    const { ports, pages, resolutions } = world(time.clock);
    const events = shuffled([...names, ...names, ...names], random);

    await time.run(Promise.all(events.map((name) => reportFailure(arnOf(name), ports))));
    await time.run(Promise.all(names.map((name) => resolveFor(ports, 'orders', [fileItem({ name })]))));

    expect(pages().map(({ subject }) => subject)).toEqual([
      `[tributary test] ${RUNS} runs, orders: FileRejectedError in ValidateFile`,
    ]);
    expect(resolutions().map(({ subject }) => subject)).toEqual([
      `[tributary test] resolved: ${RUNS} runs, orders: FileRejectedError in ValidateFile`,
    ]);
  });
});

/** Invokes work of which a share is killed at some call, and keeps what is sent, and by whom. */
function recordingTopic(random: () => number, share: number) {
  const kindOf = ({ subject }: AlertMessage) => (subject.includes('resolved') ? 'resolved' : 'page');
  const sent: { alert: AlertMessage; isDead: () => boolean }[] = [];
  return {
    /** Whether the work came to its end. */
    async invoke(ports: Ports, work: (given: Ports) => Promise<unknown>, killed = share): Promise<boolean> {
      const at = random() < killed ? 1 + Math.floor(random() * 16) : Number.POSITIVE_INFINITY;
      const process = killable(ports.store, at, random() < 0.5 ? 'before' : 'after');
      const publish = (alert: AlertMessage) =>
        process.call(async () => void sent.push({ alert, isDead: process.isDead }));
      try {
        await work({ ...ports, store: process.store, publish });
        return true;
      } catch (error) {
        if (!process.isDead()) throw error;
        return false;
      }
    },
    of(kind: 'page' | 'resolved') {
      const own = sent.filter(({ alert }) => kindOf(alert) === kind);
      return { sent: own.map(({ alert }) => alert.subject), killedAfter: own.filter(({ isDead }) => isDead()).length };
    },
  };
}

/** Mulberry32: small, and the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const shuffled = <T>(list: T[], random: () => number): T[] =>
  list
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
