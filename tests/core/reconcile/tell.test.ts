import { describe, expect, it } from '@jest/globals';
import type { StoredObject } from '../../../core/reconcile/ports.ts';
import type { SweepReport } from '../../../core/reconcile/report.ts';
import { type TellPorts, tellSweep } from '../../../core/reconcile/tell.ts';
import { handClock } from '../incident/memory-store.ts';

const report = { files: 3, zones: { landing: { objects: 3, bytes: 30 } }, errors: [] as string[] } as SweepReport;

/** What was told, in order, and what had been listed of the lake until then. */
function telling(pages: number, secondsAPage: number) {
  const clock = handClock();
  const told: [what: string, listed: number, ...rest: unknown[]][] = [];
  let listed = 0;
  const objects = async function* (prefix: string): AsyncGenerator<StoredObject[]> {
    for (let page = 0; page < pages; page++) {
      clock.advance(secondsAPage);
      listed += 1;
      yield [{ key: `${prefix}${page}`, size: 10 }];
    }
  };
  const tell: TellPorts = {
    publish: ({ files }) => void told.push(['metrics', listed, files]),
    publishZones: (zones) => void told.push(['zones', listed, zones]),
    write: async ({ zones, errors }) => void told.push(['report', listed, Object.keys(zones), errors]),
  };
  const lake = { objects, exists: async () => true };
  return { told, run: () => tellSweep({ lake, clock }, tell, report, clock.now().getTime() + 60_000) };
}

describe('what a sweep has found', () => {
  it('is told before anything is counted, and the report again with what was', async () => {
    const { told, run } = telling(2, 1);

    const whole = await run();

    const zone = { objects: 2, bytes: 20 };
    expect(told).toEqual([
      ['metrics', 0, 3],
      ['report', 0, ['landing'], []],
      ['zones', 4, { staging: zone, quarantine: zone }],
      ['report', 4, ['landing', 'staging', 'quarantine'], []],
    ]);
    expect(whole.zones).toMatchObject({ landing: { objects: 3 }, staging: zone });
  });

  it('says so when the time does not allow for counting, and counts nothing by halves', async () => {
    const { told, run } = telling(1_000_000, 20);

    const whole = await run();

    const error = 'zones: Error: no time was left to count all objects of staging/';
    expect(told).toEqual([
      ['metrics', 0, 3],
      ['report', 0, ['landing'], []],
      ['report', 3, ['landing'], [error]],
    ]);
    expect(whole.errors).toEqual([error]);
  });
});
