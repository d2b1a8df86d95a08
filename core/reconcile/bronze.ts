import type { FileItem } from '../ledger/items.ts';
import { versionOf } from '../pipeline/identify.ts';
import { examine } from './examine.ts';
import { type Sweep, stepSize, steps } from './landing.ts';
import type { StoredObject } from './ports.ts';
import { note } from './report.ts';
import type { Seen } from './seen.ts';
import { inSteps, sideBySide } from './side-by-side.ts';
import { needsRun, noteStanding, remember } from './tally.ts';
import { addObjects } from './zones.ts';

interface Folder {
  /** `bronze/<dataset>/ingest_date=…/<file id>` */
  path: string;
  fileId: string;
  /** Names of the objects in it, at most a few. */
  names: string[];
}

/**
 * Holds every folder of bronze against the ledger, a step at a time, and adds those that are whole to `seen`. Files that
 * are on their way though their version has been removed from landing are found here.
 */
export async function sweepBronze(sweep: Sweep, seen: Seen): Promise<void> {
  const { ports, options, tally } = sweep;
  const prefix = options.dataset === undefined ? 'bronze/' : `bronze/${options.dataset}/`;
  await sideBySide(inSteps(folders(sweep, ports.lake.objects(prefix)), stepSize), steps, async (found) => {
    try {
      await lookUp(sweep, seen, found);
    } catch (error) {
      remember(tally, error);
    }
  });
}

const layout = /^(bronze\/[^/]+\/ingest_date=\d{4}-\d\d-\d\d\/([0-9a-f]{32}))\/([^/]+)$/;

/** Keys come in their order, so those of a folder come together. */
async function* folders(
  { tally }: Pick<Sweep, 'tally'>,
  pages: AsyncIterable<StoredObject[]>,
): AsyncGenerator<Folder[]> {
  let open: Folder | undefined;
  for await (const page of pages) {
    const whole: Folder[] = [];
    addObjects(tally.zones.bronze, page);
    for (const { key } of page) {
      const [, path, fileId, name] = layout.exec(key) ?? [];
      if (path === undefined) {
        note(tally.bronze, { key, what: 'it is not bronze/<dataset>/ingest_date=<date>/<file id>/<name>' });
        continue;
      }
      if (open?.path !== path) {
        if (open !== undefined) whole.push(open);
        open = { path, fileId: fileId!, names: [] };
      }
      if (open.names.length < 10) open.names.push(name!);
    }
    yield whole;
  }
  if (open !== undefined) yield [open];
}

async function lookUp(sweep: Sweep, seen: Seen, found: Folder[]): Promise<void> {
  const { ports, tally } = sweep;
  const keys = found.map(({ fileId }) => ({ pk: `file#${fileId}`, sk: 'file' }));
  const items = new Map((await ports.ledger.getMany<FileItem>(keys)).map((item) => [item.file_id, item]));
  for (const folder of found) {
    const item = items.get(folder.fileId);
    if (item === undefined) {
      const what = 'the ledger does not know the file that it is of';
      note(tally.bronze, { key: `${folder.path}/`, file_id: folder.fileId, what });
      continue;
    }
    if (isWhole(folder, item)) seen.add(folder.fileId);
    await findRemoved(sweep, item);
  }
}

/** The lineage is written last; a file that is just being frozen has no key in the ledger yet. */
const isWhole = ({ path, names }: Folder, { bronze_key }: FileItem): boolean =>
  names.includes('_lineage.json') &&
  (bronze_key === undefined || names.some((name) => `${path}/${name}` === bronze_key));

/** A file that is not through, and that the listing of landing will not show. */
async function findRemoved({ ports, options, now, tally, moves }: Sweep, item: FileItem): Promise<void> {
  if (!['received', 'staged', 'failed'].includes(item.status)) return;
  if (now.getTime() - Date.parse(item.updated_at) <= options.graceMilliseconds) return;
  const version = versionOf(item);
  if (await ports.landing.exists(version)) return;
  const found = await examine(ports, options, now, item, moves);
  noteStanding(tally, item, found);
  if (found.start !== undefined) {
    const what = `${found.start} (its version is not in landing any more)`;
    needsRun(tally, { version, fileId: item.file_id, what, class: found.class, lastRun: item.run });
  }
}
