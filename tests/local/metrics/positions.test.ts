import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LogLine, LogPosition } from '../../../local/metrics/positions.ts';
import { advance, forgetOldChanges, readPositions, writePositions } from '../../../local/metrics/positions.ts';

const start: LogPosition = { since: 0, taken: {} };

/** What the emulator answers: all lines from `since` on. */
const read = (all: LogLine[], { since }: LogPosition) => all.filter((line) => line.at >= since);

describe('advance', () => {
  it('takes every stream once, however often the log is read', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ delay: fc.nat(9000), gap: fc.nat(30_000), lines: fc.integer({ min: 1, max: 3 }) }), {
          maxLength: 40,
        }),
        (invocations) => {
          let at = 0;
          const written = invocations.map(({ delay, gap, lines }, stream) => {
            at += gap;
            const all = Array.from({ length: lines }, (_, line) => ({
              stream: `s${stream}`,
              at,
              message: `${stream}/${line}`,
            }));
            return { visible: at + delay, all };
          });
          let position = start;
          const taken: string[] = [];

          for (let now = 0; now <= at + 12_000; now += 2000) {
            const visible = written.filter((one) => one.visible <= now).flatMap((one) => one.all);
            const step = advance(position, read(visible, position));
            taken.push(...step.fresh.map((line) => line.message));
            position = step.position;
          }

          expect(taken.sort()).toEqual(written.flatMap((one) => one.all.map((line) => line.message)).sort());
        },
      ),
    );
  });

  it('remembers only the streams that could come again', () => {
    const lines = Array.from({ length: 100 }, (_, second) => ({
      stream: `s${second}`,
      at: second * 1000,
      message: '',
    }));

    const { position } = advance(start, lines);

    expect(position.since).toBe(89_000);
    expect(Object.keys(position.taken)).toHaveLength(11);
  });
});

describe('positions', () => {
  it('survive a restart', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'positions-')), 'new');
    const positions = { logs: { '/aws/lambda/x': { since: 5, taken: { s: 6 } } }, changes: { 'arn FAILED': 7 } };

    writePositions(folder, positions);

    expect(readPositions(folder)).toEqual(positions);
  });

  it('are empty at first', () => {
    const folder = mkdtempSync(join(tmpdir(), 'positions-'));

    const positions = readPositions(folder);

    expect(positions).toEqual({ logs: {}, changes: {} });
  });
});

describe('forgetOldChanges', () => {
  it('forgets what the queue can no longer deliver again', () => {
    const day = 24 * 3600 * 1000;

    const kept = forgetOldChanges({ old: 0, young: 3 * day }, 5 * day);

    expect(kept).toEqual({ young: 3 * day });
  });
});
