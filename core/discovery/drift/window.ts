import type { FileRecord } from '../../quality/record.ts';
import type { PagePorts } from '../../quality/report/ports.ts';

/** Files of each period that are looked at, at most. */
export const MOST_FILES = 200;
const DAY = 86_400_000;
const AT_ONCE = 20;

export interface Period {
  /** In the order of their LastModified. */
  files: FileRecord[];
  /** All of the period, also those that were not looked at. */
  found: number;
}

export interface RecordPorts extends Pick<PagePorts, 'listDays' | 'read'> {
  /** Where the records of a day of a dataset are, and when each was written. */
  list(dataset: string, day: string): Promise<{ key: string; written: string }[]>;
}

/** The records of the last days of a dataset, and of as many days before: the newest 200 of each. */
export async function readPeriods(
  ports: RecordPorts,
  dataset: string,
  now: Date,
  days: number,
): Promise<{ recent: Period; before: Period }> {
  const dayBefore = (count: number) => new Date(now.getTime() - count * DAY).toISOString().slice(0, 10);
  const [first, boundary] = [dayBefore(2 * days - 1), dayBefore(days - 1)];
  const all = (await ports.listDays(dataset, first)).filter((day) => day >= first);
  return {
    recent: await readPeriod(
      ports,
      dataset,
      all.filter((day) => day >= boundary),
    ),
    before: await readPeriod(
      ports,
      dataset,
      all.filter((day) => day < boundary),
    ),
  };
}

async function readPeriod(ports: RecordPorts, dataset: string, days: string[]): Promise<Period> {
  const keys: string[] = [];
  let found = 0;
  for (const day of days.sort().reverse()) {
    const records = await ports.list(dataset, day);
    found += records.length;
    const newestFirst = records.sort((one, other) => (one.written > other.written ? -1 : 1));
    keys.push(...newestFirst.map(({ key }) => key).slice(0, MOST_FILES - keys.length));
  }
  const files: FileRecord[] = [];
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const texts = await Promise.all(keys.slice(at, at + AT_ONCE).map((key) => ports.read(key)));
    files.push(...texts.flatMap((text) => (text === undefined ? [] : [JSON.parse(text) as FileRecord])));
  }
  return { files: files.sort((a, b) => (a.last_modified < b.last_modified ? -1 : 1)), found };
}

/** Whether its rows could be read at all. */
export const isTable = ({ rows_in }: FileRecord): boolean => rows_in !== null;

export const oldest = (files: FileRecord[]): FileRecord =>
  files.reduce((first, file) => (file.last_modified < first.last_modified ? file : first));
export const newest = (files: FileRecord[]): FileRecord =>
  files.reduce((last, file) => (file.last_modified > last.last_modified ? file : last));
