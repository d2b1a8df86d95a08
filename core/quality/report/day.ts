import { createHash } from 'node:crypto';
import type { RowCounts, Time } from '../../ledger/items.ts';
import type { FileRecord, RuleResult } from '../record.ts';

/** A rule as a day's files were checked by it. */
export type RuleInfo = Pick<RuleResult, 'name' | 'severity' | 'origin' | 'description'>;

/** A file's record in short. */
export interface FileSummary {
  file_id: string;
  /** Tag of the record it was made from: another one, and it is made again. */
  etag: string;
  outcome: FileRecord['outcome'];
  error: string | null;
  key: string;
  size: number;
  last_modified: Time;
  finished_at: Time;
  counts: RowCounts | null;
  /** Rules of the contract that its rows were checked by, as one of `rules` of the day. */
  checked_by: string;
  /** Rows that broke a rule, where there are any. */
  broken: [rule: string, rows: number][];
  /** Names of the gates it broke. */
  gates: string[];
  anomalies: number;
}

/** The files of a day in short. Not the truth but a memory of it: what is missing is made again from the records. */
export interface DayFiles {
  version: 1;
  /** Rules by a name for them all, since most files are checked by the same. */
  rules: Record<string, RuleInfo[]>;
  /** What else records were refused for. */
  others: RuleInfo[];
  files: Record<string, FileSummary>;
}

export interface RuleTotal extends RuleInfo {
  files_broken: number;
  rows_broken: number;
  rows_checked: number;
}

export interface DayTotals {
  version: 1;
  dataset: string;
  day: string;
  /** Of the tags of all its records; empty while there may be others than these figures have. */
  fingerprint: string;
  /** Files that have a record, those that were refused among them. */
  files: number;
  refused: number;
  /** Files that are not yet in these figures. */
  uncounted: number;
  /** Bytes of the files as they are stored. */
  bytes: number;
  /** Of the files that were taken. */
  counts: RowCounts;
  /** Rows of files that were refused. */
  refused_rows: number;
  anomalies: number;
  rules: RuleTotal[];
  /** The last files, newest first. */
  latest: FileSummary[];
}

const NO_ROWS: RowCounts = { in: 0, accepted: 0, rejected: 0, duplicate: 0, superseded: 0 };

/** Files that the totals of a day name. */
const listedLatest = 20;

export const noFiles = (): DayFiles => ({ version: 1, rules: {}, others: [], files: {} });

const ruleInfo = ({ name, severity, origin, description }: RuleResult): RuleInfo => ({
  name,
  severity,
  origin,
  description,
});

/** Takes a record into the files of its day, in place of what it said before. */
export function remember(day: DayFiles, record: FileRecord, etag: string): void {
  const rules = record.rules.filter(({ origin }) => origin === 'contract').map(ruleInfo);
  const checked_by = createHash('sha256').update(JSON.stringify(rules)).digest('hex').slice(0, 12);
  day.rules[checked_by] ??= rules;
  for (const rule of record.rules) if (rule.origin === 'record') noteOther(day, ruleInfo(rule));
  day.files[record.file_id] = {
    file_id: record.file_id,
    etag,
    outcome: record.outcome,
    error: record.error,
    key: record.key,
    size: record.size,
    last_modified: record.last_modified,
    finished_at: record.finished_at,
    counts: countsOf(record),
    checked_by,
    broken: record.rules
      .filter(({ rows_broken }) => rows_broken > 0)
      .map(({ name, rows_broken }) => [name, rows_broken]),
    gates: record.gates.filter(({ passed }) => !passed).map(({ name }) => name),
    anomalies: record.anomalies.length,
  };
}

/** Of several that bear a name the same one stays, in whatever order they come. */
function noteOther(day: DayFiles, rule: RuleInfo): void {
  const known = day.others.findIndex(({ name }) => name === rule.name);
  if (known < 0) day.others.push(rule);
  else if (JSON.stringify(rule) < JSON.stringify(day.others[known])) day.others[known] = rule;
}

/** The same text for the same files, in whatever order they were taken in. */
export function asJson({ version, rules, others, files }: DayFiles): string {
  const sorted = <T>(record: Record<string, T>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => compare(a, b)));
  const byName = [...others].sort((a, b) => compare(a.name, b.name));
  return JSON.stringify({ version, rules: sorted(rules), others: byName, files: sorted(files) } satisfies DayFiles);
}

/** The row account of a record; null when the file could not be read. */
export function countsOf(record: FileRecord): RowCounts | null {
  const { rows_in, rows_accepted, rows_rejected, rows_duplicate, rows_superseded } = record;
  if (rows_in === null) return null;
  return {
    in: rows_in,
    accepted: rows_accepted ?? 0,
    rejected: rows_rejected ?? 0,
    duplicate: rows_duplicate ?? 0,
    superseded: rows_superseded ?? 0,
  };
}

/** Newest first. */
export const byTime = (a: FileSummary, b: FileSummary): number =>
  compare(b.finished_at, a.finished_at) || compare(a.file_id, b.file_id);

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function totalsOf(
  day: DayFiles,
  of: { dataset: string; day: string; fingerprint: string; uncounted: number },
): DayTotals {
  const files = Object.values(day.files).sort(byTime);
  const taken = files.filter(({ outcome }) => outcome === 'done');
  const sum = (list: FileSummary[], value: (file: FileSummary) => number) =>
    list.reduce((all, file) => all + value(file), 0);
  const counts = { ...NO_ROWS };
  for (const name of Object.keys(counts) as (keyof RowCounts)[])
    counts[name] = sum(taken, (file) => file.counts?.[name] ?? 0);
  return {
    version: 1,
    ...of,
    files: files.length,
    refused: files.length - taken.length,
    bytes: sum(files, ({ size }) => size),
    counts,
    refused_rows: sum(files, ({ outcome, counts: rows }) => (outcome === 'rejected' ? (rows?.in ?? 0) : 0)),
    anomalies: files.filter(({ anomalies }) => anomalies > 0).length,
    rules: ruleTotals(day, files),
    latest: files.slice(0, listedLatest),
  };
}

/**
 * All rules that any of the files was checked by, the worst first. A file that could not be read was checked by none; for
 * what is no rule of the contract, every row was looked at.
 */
function ruleTotals(day: DayFiles, files: FileSummary[]): RuleTotal[] {
  const totals = new Map<string, RuleTotal>();
  for (const { counts, checked_by, ...file } of files) {
    if (counts === null) continue;
    const broken = new Map(file.broken);
    const rules = day.rules[checked_by] ?? [];
    const names = new Set(rules.map(({ name }) => name));
    for (const rule of [...rules, ...day.others.filter(({ name }) => !names.has(name))]) {
      const total = totals.get(rule.name) ?? { ...rule, files_broken: 0, rows_broken: 0, rows_checked: 0 };
      const rows = broken.get(rule.name) ?? 0;
      total.rows_broken += rows;
      total.files_broken += rows > 0 ? 1 : 0;
      total.rows_checked += rule.severity === 'error' ? counts.in : counts.accepted;
      totals.set(rule.name, total);
    }
  }
  // What no file has any more, since its record was written anew, is not told.
  return [...totals.values()].filter((rule) => rule.origin === 'contract' || rule.rows_broken > 0).sort(worst);
}

/** The greatest share first. */
export const worst = (a: Pick<RuleTotal, 'name' | 'rows_broken' | 'rows_checked'>, b: typeof a): number =>
  share(b) - share(a) || b.rows_broken - a.rows_broken || compare(a.name, b.name);

const share = (rule: Pick<RuleTotal, 'rows_broken' | 'rows_checked'>): number =>
  rule.rows_checked === 0 ? 0 : rule.rows_broken / rule.rows_checked;

/** Of all checks of a row by a rule those that were passed, 0–100. Null when there was none. */
export function passPercent(rules: Pick<RuleTotal, 'rows_broken' | 'rows_checked'>[]): number | null {
  const checked = rules.reduce((all, rule) => all + rule.rows_checked, 0);
  const broken = rules.reduce((all, rule) => all + rule.rows_broken, 0);
  return checked === 0 ? null : (100 * (checked - broken)) / checked;
}
