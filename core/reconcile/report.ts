import type { Time } from '../ledger/items.ts';
import type { Zone, ZoneSize } from './zones.ts';

/** Where a version of an object under `landing/` can stand. Each is in exactly one class. */
export const fileClasses = [
  'done',
  'merged',
  'staged',
  'received',
  'arriving',
  'rejected',
  'failed',
  'undone',
  'unknown_dataset',
  'folder_marker',
  'missed',
] as const;
export type FileClass = (typeof fileClasses)[number];

/** Something a person may want to look at. */
export interface Named {
  key: string;
  version_id?: string;
  file_id?: string;
  /** When it came, or since when it stands so. */
  since?: Time;
  /** A sentence. */
  what: string;
  /** ARN of the execution that was started, or that it is about. */
  run?: string;
}

/** How many there are, and the first of them. */
export interface Listed {
  count: number;
  first: Named[];
}

export interface TableFinding {
  table: string;
  /** Files that are staged and not merged yet. */
  waiting: number;
  what: string;
  run?: string;
}

export interface StaleDataset {
  dataset: string;
  /** When its newest file came; null: none ever did. */
  newest: Time | null;
  /** How often its contract expects one, in seconds. */
  expected_within_seconds: number;
}

export interface SweepReport {
  at: Time;
  milliseconds: number;
  dataset: string | null;
  dry_run: boolean;
  /** `n files, n accounted for`, and what is to be said besides. */
  sentence: string;
  /** Versions of objects under `landing/`, folder markers included. */
  files: number;
  accounted_for: number;
  classes: Record<FileClass, number>;
  /** By dataset; what belongs to none is under `-`. */
  datasets: Record<string, Partial<Record<FileClass, number>>>;
  /** What was listed: objects and bytes, of landing all versions. The hourly sweep adds the zones that it only counts. */
  zones: Partial<Record<Zone, ZoneSize>>;
  /** Files that the ledger does not know though they have been there for long enough. */
  missed: Listed;
  /** Runs started: for missed files, and again for files whose run is gone or failed of what passes by itself. */
  started: Listed;
  /** Files that need a run and got none in this sweep. */
  not_started: Listed;
  /** Failed runs of which nobody had been told. */
  reported: Listed;
  stuck: Listed;
  /** Folders of bronze that are not whole or that the ledger does not know, and files whose bronze is missing. */
  bronze: Listed;
  tables: TableFinding[];
  stale: StaleDataset[];
  /** What could not be looked up; those files are not accounted for. */
  errors: string[];
}

/** Everything that is named in a list is counted; this many are shown. */
const shown = 100;

export const listed = (): Listed => ({ count: 0, first: [] });

export function note(list: Listed, named: Named): void {
  list.count += 1;
  if (list.first.length < shown) list.first.push(named);
}

/** Adds what one list has to another. */
export function add(list: Listed, more: Listed): void {
  list.count += more.count;
  list.first.push(...more.first.slice(0, shown - list.first.length));
}

export const noClasses = (): Record<FileClass, number> =>
  Object.fromEntries(fileClasses.map((name) => [name, 0])) as Record<FileClass, number>;

/** Whether a person need not look: every file is accounted for, and none is stuck. */
export const isWell = (report: SweepReport): boolean =>
  report.accounted_for === report.files && report.stuck.count === 0 && report.errors.length === 0;

export function sentenceOf(report: Omit<SweepReport, 'sentence'>): string {
  const { files, accounted_for, missed, started, stuck, dry_run } = report;
  const count = (value: number) => value.toLocaleString('en-US');
  const many = (value: number, one: string) => `${count(value)} ${value === 1 ? one : `${one}s`}`;
  const more = [
    missed.count > 0 ? `${count(missed.count)} missed` : '',
    started.count > 0 ? `${many(started.count, 'run')} ${dry_run ? 'to be started' : 'started'}` : '',
    stuck.count > 0 ? `${count(stuck.count)} stuck` : '',
  ].filter(Boolean);
  return `${many(files, 'file')}, ${count(accounted_for)} accounted for${more.length > 0 ? ` (${more.join(', ')})` : ''}`;
}
