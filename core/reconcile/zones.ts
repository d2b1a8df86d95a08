import type { StoredObject, SweepPorts } from './ports.ts';

/** The parts of landing and lake that grow with every file. Silver and gold have their sizes in Iceberg's metadata. */
export type Zone = 'landing' | 'bronze' | 'staging' | 'quarantine';

export interface ZoneSize {
  objects: number;
  bytes: number;
}

export const noObjects = (): ZoneSize => ({ objects: 0, bytes: 0 });

export function addObjects(zone: ZoneSize, page: Pick<StoredObject, 'size'>[]): void {
  zone.objects += page.length;
  for (const { size } of page) zone.bytes += size;
}

/** What the sweep itself has no need to list. */
export type CountedZones = Record<'staging' | 'quarantine', ZoneSize>;

/** Counts them; throws when that takes longer than until `deadline`: half a count is none. */
export async function countZones(
  { lake, clock }: { lake: Pick<SweepPorts['lake'], 'objects'>; clock: SweepPorts['clock'] },
  deadline: number,
): Promise<CountedZones> {
  const count = async (prefix: string) => {
    const zone = noObjects();
    for await (const page of lake.objects(prefix)) {
      if (clock.now().getTime() >= deadline) throw new Error(`no time was left to count all objects of ${prefix}`);
      addObjects(zone, page);
    }
    return zone;
  };
  return { staging: await count('staging/'), quarantine: await count('quarantine/') };
}
