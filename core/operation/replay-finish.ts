import type { Dataset } from '../contract/dataset.ts';
import { type GoldPorts, refreshMarts } from '../gold/refresh.ts';
import { getFile, updateFile } from '../ledger/files.ts';
import type { FileItem } from '../ledger/items.ts';
import { dayOf } from '../quality/record.ts';
import { recordReplayed } from '../quality/record-replay.ts';
import { endOperation } from './current.ts';
import { writeOperation } from './item.ts';
import type { ReplayPorts } from './replay-begin.ts';
import { notedDays, remakePages } from './replay-days.ts';
import { beforeName, type ReplayFile, type ReplayItem } from './replay-items.ts';

export interface ReplayResult {
  /** Files whose rows the new table holds, those of them that were validated anew, and those that it leaves out. */
  files: number;
  anew: number;
  refused: number;
  /** Glue name of the table that was replaced. */
  before: string;
}

const pageSize = 500;
const side = 20;

/** Brings every mart up to date with the new table. Repeated, it finds them so, or resumes what is under way. */
export async function refreshReplayed(ports: ReplayPorts & GoldPorts, item: ReplayItem, run: string) {
  if (item.phase !== 'gold') return 'refreshed';
  const { outcome } = await refreshMarts(ports, item.dataset, run);
  if (outcome === 'running') return 'running';
  await writeOperation(ports, { ...item, phase: 'settle' });
  return 'refreshed';
}

/**
 * Brings the ledger's items of the files that were validated anew, their records and what the quarantine shows of them, up
 * to date with the new table, then the report pages, as far as the time allows; then the replay is done. Repeated, it goes
 * on with those that are left.
 */
export async function settleFiles(
  ports: ReplayPorts,
  dataset: Dataset,
  given: ReplayItem,
  deadline: number,
): Promise<ReplayResult | 'more'> {
  let item = given;
  if (item.status === 'done') return item.result as ReplayResult;
  const note = await notedDays(ports, item);
  for (;;) {
    const page = await ports.ledger.query<ReplayFile>(item.pk, {
      from: item.settled_after === undefined ? 'file#' : `${item.settled_after}!`,
      to: 'file#~',
      limit: pageSize,
    });
    if (page.length === 0) break;
    for (let start = 0; start < page.length; start += side) {
      await Promise.all(page.slice(start, start + side).map((file) => settleFile(ports, dataset, item, file, note)));
    }
    const { files, anew, refused } = sum(item, page);
    item = await writeOperation(ports, { ...item, settled_after: page.at(-1)!.sk, files, anew, refused });
    if (ports.clock.now().getTime() >= deadline) return 'more';
  }
  const remade = await remakePages(ports, item, deadline);
  if (remade === 'more') return 'more';
  item = remade;
  const { files = 0, anew = 0, refused = 0 } = item;
  const result: ReplayResult = { files, anew, refused, before: `${ports.databases.silver}.${beforeName(item)}` };
  await endOperation(ports, { ...item, result });
  return result;
}

function sum({ files = 0, anew = 0, refused = 0 }: ReplayItem, page: ReplayFile[]) {
  return {
    files: files + page.filter(({ state }) => state === 'ready').length,
    anew: anew + page.filter((file) => file.anew).length,
    refused: refused + page.filter(({ state }) => state === 'refused').length,
  };
}

/** What the new validation says of a file, unless somebody has run it anew, or taken it out, since. */
async function settleFile(
  ports: ReplayPorts,
  dataset: Dataset,
  item: ReplayItem,
  noted: ReplayFile,
  noteDay: (day: string) => Promise<void>,
): Promise<void> {
  if (!noted.anew) return;
  const { ledger, clock, catalog } = ports;
  const file = await getFile(ledger, noted.file_id);
  if (file === undefined || !isSettled(file, noted)) return;
  const rejects = noted.quarantine_stage ?? null;
  if (rejects !== null || (file.counts?.rejected ?? 0) > 0 || file.status === 'rejected') {
    await catalog.registerQuarantine(dataset.name, noted.file_id, rejects);
  }
  const at = clock.now().toISOString();
  const change = changeOf(file, noted, at);
  // First, since a file that was refused is not settled again.
  if (!noted.failed) {
    await noteDay(dayOf(file));
    await recordReplayed(ports.records, dataset, item, { ...file, ...change }, noted, at);
  }
  await updateFile(ledger, clock, noted.file_id, (now) => (isSettled(now, noted) ? change : undefined));
}

function changeOf(file: FileItem, noted: ReplayFile, now: string): Partial<FileItem> {
  if (noted.state === 'refused') return noted.failed ? { error: noted.error } : { ...refused, ...reasonOf(noted) };
  const { stage_id, counts } = noted.staging!;
  const clean = { error: undefined, verdict: undefined };
  const finished_at = file.finished_at ?? now;
  return { ...clean, status: 'done', stage_id, counts, validated: noted.staging, finished_at };
}

const refused = {
  status: 'rejected',
  stage_id: undefined,
  staged_seq: undefined,
  validated: undefined,
  verdict: undefined,
} as const;

const reasonOf = ({ error, counts }: ReplayFile) => ({ error, counts });

/** No run is at it, nor has one merged it after it was refused. */
function isSettled({ status }: FileItem, { state, merged }: ReplayFile): boolean {
  if (status === 'done') return merged || state === 'ready';
  return !merged && (status === 'rejected' || status === 'failed');
}
