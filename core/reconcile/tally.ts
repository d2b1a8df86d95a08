import type { FileItem } from '../ledger/items.ts';
import type { Examined } from './examine.ts';
import { oldest } from './oldest.ts';
import type { LandedVersion } from './ports.ts';
import { type FileClass, type Listed, listed, type Named, noClasses, note } from './report.ts';
import { isExhausted, maxStartsOfFile } from './runs.ts';
import { noObjects } from './zones.ts';

/** A file that needs a run. */
export interface Candidate {
  version: LandedVersion;
  fileId: string;
  /** Why. */
  what: string;
  class: FileClass;
  lastRun?: string;
}

export interface Waiting {
  files: Listed;
  /** The run of one of them has failed: the table does not only lack a run. */
  failed: boolean;
}

/** What a sweep has found so far: counts, and of everything else no more than is shown or started. */
export function newTally(maxStarts: number) {
  return {
    /** Versions that the listing has given, counted before anything is known of them. */
    files: 0,
    /** Versions that were looked up. */
    classified: 0,
    zones: { landing: noObjects(), bronze: noObjects() },
    classes: noClasses(),
    datasets: {} as Record<string, Partial<Record<FileClass, number>>>,
    newest: {} as Record<string, string>,
    missed: listed(),
    reported: listed(),
    stuck: listed(),
    started: listed(),
    notStarted: listed(),
    /** By table, the files that have waited for long. */
    waiting: new Map<string, Waiting>(),
    bronze: listed(),
    errors: [] as string[],
    candidates: oldest<Candidate>(maxStarts, ({ version }) => version.last_modified),
  };
}
export type Tally = ReturnType<typeof newTally>;

export function classify(tally: Tally, dataset: string, name: FileClass): void {
  tally.classified += 1;
  tally.classes[name] += 1;
  tally.datasets[dataset] ??= {};
  const own = tally.datasets[dataset];
  own[name] = (own[name] ?? 0) + 1;
}

export function needsRun(tally: Tally, candidate: Candidate): void {
  if (candidate.class === 'missed') note(tally.missed, nameOf(candidate, candidate.what));
  // Else those that no run helps would take the places of those that one would.
  if (isExhausted(candidate.fileId, candidate.lastRun)) leave(tally, candidate);
  else tally.candidates.add(candidate);
}

/** No run is started any more. One that failed is told as failed already; one that is nowhere in particular is stuck. */
export function leave(tally: Tally, candidate: Candidate): void {
  const why = `${candidate.what}; ${maxStartsOfFile} runs that sweeps have started for it did not help`;
  note(tally.notStarted, nameOf(candidate, why));
  if (candidate.class !== 'failed') note(tally.stuck, nameOf(candidate, why));
}

export const nameOf = ({ version, fileId }: Candidate, what: string, run?: string): Named =>
  named(version, fileId, what, run);

/** Notes a file that is stuck, or will be if its table is not helped by a run. */
export function noteStanding(tally: Tally, item: FileItem, found: Pick<Examined, 'stuck' | 'waits'>): void {
  const name = (what: string): Named => ({
    ...named(item, item.file_id, what, item.run),
    since: item.updated_at,
  });
  if (found.stuck !== undefined) note(tally.stuck, name(found.stuck));
  if (found.waits === undefined) return;
  const waiting = tally.waiting.get(item.dataset) ?? { files: listed(), failed: false };
  note(waiting.files, name(found.waits));
  waiting.failed ||= item.error !== undefined;
  tally.waiting.set(item.dataset, waiting);
}

export const named = (version: LandedVersion, fileId: string, what: string, run?: string): Named => ({
  key: version.key,
  version_id: version.version_id,
  file_id: fileId,
  since: version.last_modified,
  what,
  ...(run !== undefined && { run }),
});

/** Keeps the first of many errors of a kind that may come for every file. */
export function remember(tally: Tally, error: unknown): void {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (tally.errors.length < 20 && !tally.errors.includes(text)) tally.errors.push(text);
}
