import type { Dataset } from '../../contract/dataset.ts';
import type { FileRecord } from '../../quality/record.ts';
import { visible } from '../../visible.ts';
import { counted } from '../evidence.ts';
import { place } from './fields.ts';
import type { Finding } from './finding.ts';
import { toldError } from './told.ts';
import { isTable, newest, oldest } from './window.ts';

const NAMES: Record<string, string> = {
  csv: 'CSV',
  json: 'a JSON array',
  jsonl: 'JSON lines',
  parquet: 'Parquet',
  none: 'not compressed',
};
const MARKS: Record<string, string> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' };
const called = (what: string, value: string): string => {
  if (what === 'delimiter') return `CSV with ${MARKS[value] ?? JSON.stringify(value)}`;
  return what === 'encoding' ? `in ${value}` : (NAMES[value] ?? value);
};
const SHOWN = 400;

/** Files written in another way than all those before them. */
export function changedFormats(recent: FileRecord[], before: FileRecord[]): Finding[] {
  return (['format', 'compression', 'encoding', 'delimiter'] as const).flatMap((what): Finding[] => {
    const valuesOf = (files: FileRecord[]) =>
      new Set(files.map((file) => file[what]).filter((value) => value !== null && value !== undefined));
    const usual = valuesOf(before);
    if (usual.size === 0) return [];
    return [...valuesOf(recent)]
      .filter((value) => !usual.has(value))
      .map((value) => {
        const files = recent.filter((file) => file[what] === value);
        const first = oldest(files);
        const all = recent.filter((file) => (file[what] ?? null) !== null).length;
        return {
          kind: 'format_changed',
          ids: [`format_changed ${what} ${value}`],
          column: null,
          files: files.length,
          since: first.last_modified,
          sentence: `${files.length} of ${counted(all, 'file')} are ${called(what, value)}, first ${place(first)}; before, all were ${[...usual].map((each) => called(what, each)).join(' or ')}`,
        };
      });
  });
}

/** Files that could not be read by the contract at all: their header lacks a column, has one too many, is broken. */
export function refusedFiles(dataset: Dataset, recent: FileRecord[]): Finding[] {
  const groups = new Map<string, FileRecord[]>();
  for (const file of recent) {
    if (file.outcome !== 'rejected' || isTable(file) || file.error === null) continue;
    // The same fault of other files names other places and numbers.
    const fault = toldError(dataset, file.error)
      .replace(/ The header found is: .*$/s, '')
      .replace(/^\w+: (?:[^:\s]+: )?/, '')
      .replace(/\d+/g, 'N');
    groups.set(fault, [...(groups.get(fault) ?? []), file]);
  }
  return [...groups].map(([fault, files]) => {
    const last = newest(files);
    return {
      kind: 'refused_files',
      ids: [`refused_files ${fault.slice(0, SHOWN)}`],
      column: null,
      files: files.length,
      since: oldest(files).last_modified,
      sentence: `${files.length} of ${counted(recent.length, 'file')} could not be read by the contract, the last ${place(last)}: ${visible(toldError(dataset, last.error!).slice(0, SHOWN))}`,
    };
  });
}
