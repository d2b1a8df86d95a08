import { describe, expect, it } from '@jest/globals';
import { countZones } from '../../../core/reconcile/zones.ts';
import { handClock } from '../incident/memory-store.ts';
import { sweepWorld } from './world.ts';

describe('zones', () => {
  it('that the sweep lists are counted as it goes: all versions in landing, all objects in bronze', async () => {
    const world = sweepWorld();
    world.file('a.csv');
    world.land('a.csv', { version_id: 'v2', size: 5 });
    world.bronze.add('bronze/stray');

    const { zones } = await world.sweep();

    expect(zones).toEqual({ landing: { objects: 2, bytes: 15 }, bronze: { objects: 3, bytes: 21 } });
  });

  it('that it has no need to list are counted page by page', async () => {
    const pages: Record<string, { key: string; size: number }[][]> = {
      'staging/': [
        [{ key: 'staging/a', size: 1 }],
        [],
        [
          { key: 'staging/b', size: 2 },
          { key: 'staging/c', size: 4 },
        ],
      ],
      'quarantine/': [[]],
    };
    async function* objects(prefix: string) {
      yield* pages[prefix]!;
    }

    expect(await countZones({ lake: { objects }, clock: handClock() }, Number.POSITIVE_INFINITY)).toEqual({
      staging: { objects: 3, bytes: 7 },
      quarantine: { objects: 0, bytes: 0 },
    });
  });
});
