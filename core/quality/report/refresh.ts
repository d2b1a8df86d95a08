import { createHash } from 'node:crypto';
import { sideBySide } from '../../reconcile/side-by-side.ts';
import type { FileRecord } from '../record.ts';
import { datasetPage } from './dataset-page.ts';
import { asJson, type DayFiles, type DayTotals, noFiles, remember, totalsOf } from './day.ts';
import { dayPage } from './day-page.ts';
import { type FilePlace, filePage } from './file-page.ts';
import { datasetPageKey, dayFilesKey, dayPageKey, dayTotalsKey, filePageKey } from './keys.ts';
import type { Place } from './parts.ts';
import type { PagePorts } from './ports.ts';

/** Bounds of what one call reads and does. */
export const bounds = {
  /** Days with files that a page compares, and how far back they are looked for. */
  days: 30,
  daysBack: 400,
  /** Records read in one pass over a day: those that are new since its page was made. */
  records: 1_000,
  /** Passes over one page, while others write records. */
  passes: 5,
  /** Days that an earlier call should have done, and did not. */
  healed: 3,
  atOnce: 16,
} as const;

const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json';

/** Writes the page of a file, over the one that is there. */
export async function writeFilePage(ports: PagePorts, record: FileRecord, place: FilePlace): Promise<void> {
  await ports.write(filePageKey(record), filePage(record, place), HTML);
}

/**
 * Makes the pages of some days of a dataset, and of the dataset, from the records. Repeated, it makes the same. Calls at
 * once end with pages of all records: whoever writes a page looks at the records again afterwards, so the last to write has
 * seen all that were written before it. What a call that died, or came to its bounds, has left undone, the next one does.
 * Begins no day but the first once `hasTime` says that there is none, and returns those that are left: the page of the
 * dataset is made with the last of them.
 */
export async function refreshPages(
  ports: PagePorts,
  dataset: string,
  days: string[],
  place: Place,
  hasTime: () => boolean = () => true,
): Promise<string[]> {
  const touched = [...new Set(days)].sort();
  for (const [made, day] of touched.entries()) {
    if (made > 0 && !hasTime()) return touched.slice(made);
    await refreshDay(ports, dataset, day, place);
  }
  await refreshDataset(ports, dataset, touched, place);
  return [];
}

/** The page of one day alone. `more`: there are records that this call has not come to; another goes on. */
export async function refreshDay(
  ports: PagePorts,
  dataset: string,
  day: string,
  place: Place,
): Promise<'done' | 'more'> {
  let shown: string | undefined;
  for (let pass = 1; pass <= bounds.passes; pass++) {
    const listed = await ports.listRecords(dataset, day);
    const now = fingerprintOf(listed);
    if (now === shown || listed.length === 0) return 'done';
    const files = parse<DayFiles>(await ports.read(dayFilesKey(dataset, day))) ?? noFiles();
    const { counted, uncounted } = await bringUpToDate(ports, files, listed);
    // What nobody looks at afterwards may be older than what another has written meanwhile: it says that it is not sure.
    const fingerprint = pass === bounds.passes || uncounted > 0 ? UNSURE : now;
    const totals = totalsOf(files, { dataset, day, fingerprint, uncounted });
    const earlier = (await ports.listDays(dataset, daysBefore(day))).filter((other) => other < day);
    const compared = await readTotals(ports, dataset, earlier.slice(1 - bounds.days));
    await ports.write(dayPageKey(dataset, day), dayPage(files, totals, compared, place), HTML);
    await ports.write(dayTotalsKey(dataset, day), JSON.stringify(totals), JSON_TYPE);
    await ports.write(dayFilesKey(dataset, day), asJson(files), JSON_TYPE);
    // What can not be read is not waited for.
    shown = uncounted === 0 || counted === 0 ? now : undefined;
  }
  return 'more';
}

/** In place of the fingerprint of a day whose page may lack records. */
const UNSURE = '';

type Listed = Awaited<ReturnType<PagePorts['listRecords']>>;

const fingerprintOf = (listed: Listed): string =>
  createHash('sha256')
    .update(JSON.stringify(listed.map(({ file_id, etag }) => [file_id, etag])))
    .digest('hex')
    .slice(0, 32);

/** Reads the records that are new, at most so many; `uncounted` are left. */
async function bringUpToDate(ports: PagePorts, files: DayFiles, listed: Listed) {
  const there = new Set(listed.map(({ file_id }) => file_id));
  for (const id of Object.keys(files.files)) if (!there.has(id)) delete files.files[id];
  const fresh = listed.filter(({ file_id, etag }) => files.files[file_id]?.etag !== etag);
  let counted = 0;
  await sideBySide(fresh.slice(0, bounds.records), bounds.atOnce, async ({ key, etag }) => {
    const record = parse<FileRecord>(await ports.read(key));
    if (record === undefined) return;
    remember(files, record, etag);
    counted += 1;
  });
  return { counted, uncounted: fresh.length - counted };
}

async function refreshDataset(ports: PagePorts, dataset: string, touched: string[], place: Place): Promise<void> {
  const newest = touched.at(-1);
  if (newest === undefined) return;
  const days = (await ports.listDays(dataset, daysBefore(newest))).slice(-bounds.days);
  await heal(ports, dataset, days, touched, place);
  let shown: string | undefined;
  for (let pass = 1; pass <= bounds.passes; pass++) {
    const totals = await readTotals(ports, dataset, days);
    const text = JSON.stringify(totals);
    if (text === shown || totals.length === 0) return;
    await ports.write(datasetPageKey(dataset), datasetPage(dataset, totals, place), HTML);
    shown = text;
  }
}

/**
 * The day before those that are new may lack its last file, if whoever should have added it died; others may lack all, or
 * say themselves that they may lack some.
 */
async function heal(ports: PagePorts, dataset: string, days: string[], touched: string[], place: Place): Promise<void> {
  const others = days.filter((day) => !touched.includes(day));
  const known = new Map((await readTotals(ports, dataset, others)).map((totals) => [totals.day, totals]));
  const stale = others.filter((day) => (known.get(day)?.fingerprint ?? UNSURE) === UNSURE);
  const last = others.at(-1);
  if (last !== undefined && !stale.includes(last)) {
    const listed = await ports.listRecords(dataset, last);
    if (fingerprintOf(listed) !== known.get(last)!.fingerprint) stale.push(last);
  }
  for (const day of stale.slice(-bounds.healed)) await refreshDay(ports, dataset, day, place);
}

async function readTotals(ports: PagePorts, dataset: string, days: string[]): Promise<DayTotals[]> {
  const found: (DayTotals | undefined)[] = [];
  await sideBySide([...days.entries()], bounds.atOnce, async ([index, day]) => {
    found[index] = parse<DayTotals>(await ports.read(dayTotalsKey(dataset, day)));
  });
  return found.filter((totals) => totals !== undefined);
}

/** Undefined for what is not there, cut off, or of another version: it is made anew. */
function parse<T>(text: string | undefined): T | undefined {
  try {
    const value = JSON.parse(text ?? 'null') as { version?: number; record_version?: number } | null;
    return value !== null && (value.version ?? value.record_version) === 1 ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

function daysBefore(day: string): string {
  return new Date(Date.parse(day) - bounds.daysBack * 86_400_000).toISOString().slice(0, 10);
}
