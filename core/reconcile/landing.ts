import { fileId } from '../ledger/file-id.ts';
import type { FileItem } from '../ledger/items.ts';
import { examine } from './examine.ts';
import type { LandedVersion, SweepOptions, SweepPorts } from './ports.ts';
import { note } from './report.ts';
import type { Seen } from './seen.ts';
import { inSteps, sideBySide } from './side-by-side.ts';
import { classify, named, needsRun, noteStanding, remember, type Tally } from './tally.ts';
import { addObjects } from './zones.ts';

/** BatchGetItem takes this many keys. */
export const stepSize = 100;
/** Steps at once. */
export const steps = 4;

export interface Sweep {
  ports: SweepPorts;
  options: SweepOptions;
  now: Date;
  tally: Tally;
  moves(table: string): boolean;
}

/** Holds every version under `landing/` against the ledger, a step at a time. `seen` are the files whose bronze is whole. */
export async function sweepLanding(sweep: Sweep, seen: Seen): Promise<void> {
  const { ports, options, tally } = sweep;
  const prefix = options.dataset === undefined ? 'landing/' : `landing/${options.dataset}/`;
  await sideBySide(inSteps(ports.landing.versions(prefix), stepSize), steps, async (versions) => {
    tally.files += versions.length;
    addObjects(tally.zones.landing, versions);
    try {
      await lookUp(sweep, seen, versions);
    } catch (error) {
      // The ledger did not answer for them: the others are looked up all the same.
      remember(tally, error);
    }
  });
}

async function lookUp(sweep: Sweep, seen: Seen, versions: LandedVersion[]): Promise<void> {
  const { ports } = sweep;
  const ids = versions.map((version) => fileId(ports.bucket, version.key, version.version_id));
  const keys = ids.map((id) => ({ pk: `file#${id}`, sk: 'file' }));
  const items = new Map((await ports.ledger.getMany<FileItem>(keys)).map((item) => [item.file_id, item]));
  for (const [index, version] of versions.entries()) {
    try {
      await lookUpOne(sweep, seen, version, ids[index]!, items.get(ids[index]!));
    } catch (error) {
      remember(sweep.tally, error);
    }
  }
}

async function lookUpOne(sweep: Sweep, seen: Seen, version: LandedVersion, id: string, item?: FileItem): Promise<void> {
  const { ports, options, now, tally } = sweep;
  const folder = version.key.split('/')[1] ?? '';
  const dataset = Object.hasOwn(ports.datasets, folder) ? folder : '-';
  if (version.key.endsWith('/') && version.size === 0) return classify(tally, dataset, 'folder_marker');
  if ((tally.newest[dataset] ?? '') < version.last_modified) tally.newest[dataset] = version.last_modified;
  if (item === undefined) {
    const young = now.getTime() - Date.parse(version.last_modified) <= options.graceMilliseconds;
    classify(tally, dataset, young ? 'arriving' : 'missed');
    if (!young) needsRun(tally, { version, fileId: id, what: 'the ledger does not know it', class: 'missed' });
    return;
  }
  const found = await examine(ports, options, now, item, sweep.moves);
  if (item.bronze_key !== undefined && !seen.has(id)) await checkBronze(sweep, version, item);
  settle(sweep, dataset, version, item, found);
}

/** Counts a file of the ledger, and notes what is to be done about it. */
export function settle(
  { tally }: Pick<Sweep, 'tally'>,
  dataset: string,
  version: LandedVersion,
  item: FileItem,
  found: Awaited<ReturnType<typeof examine>>,
): void {
  classify(tally, dataset, found.class);
  const { file_id: id, run } = item;
  noteStanding(tally, item, found);
  if (found.reported !== undefined) {
    note(tally.reported, named(version, id, 'its run failed, and nobody had been told', found.reported));
  }
  if (found.start !== undefined) {
    needsRun(tally, { version, fileId: id, what: found.start, class: found.class, lastRun: run });
  }
}

/** Its folder was not among those listed, or is of after that. */
async function checkBronze({ ports, tally }: Sweep, version: LandedVersion, item: FileItem): Promise<void> {
  const key = item.bronze_key!;
  const lineage = `${key.slice(0, key.lastIndexOf('/'))}/_lineage.json`;
  const [data, whole] = await Promise.all([ports.lake.exists(key), ports.lake.exists(lineage)]);
  if (data && whole) return;
  const what = `its bronze is ${data ? 'without lineage' : 'missing'}: ${data ? lineage : key}`;
  note(tally.bronze, named(version, item.file_id, what));
}
