import type { FileRecord } from '../../core/quality/record.ts';
import { recordKey } from '../../core/quality/record.ts';
import type { DayFiles, DayTotals } from '../../core/quality/report/day.ts';
import { type FilePlace, filePage } from '../../core/quality/report/file-page.ts';
import { datasetPageKey, dayFilesKey, dayPageKey, dayTotalsKey, filePageKey } from '../../core/quality/report/keys.ts';
import type { PagePorts } from '../../core/quality/report/ports.ts';
import { bounds, refreshPages } from '../../core/quality/report/refresh.ts';

type FileKey = Parameters<typeof recordKey>[0];

/** What the command reads of reports. A page that is not in the lake is made of its records, and not written. */
export interface ReportLake {
  /** Days with files, at most as many as pages compare, in their order. */
  days(dataset: string, now: Date): Promise<string[]>;
  record(file: FileKey): Promise<FileRecord | undefined>;
  totals(dataset: string, day: string): Promise<DayTotals | undefined>;
  filePage(file: FileKey): Promise<string | undefined>;
  dayPage(dataset: string, day: string): Promise<string | undefined>;
  datasetPage(dataset: string, newest: string): Promise<string | undefined>;
  /** Pages of the files of a day. */
  filesOf(dataset: string, day: string): Promise<FileKey[]>;
}

export function reportLake(ports: PagePorts, placeOf: (dataset: string) => FilePlace): ReportLake {
  const made = new Map<string, string>();
  const overlay: PagePorts = {
    ...ports,
    read: async (key) => made.get(key) ?? (await ports.read(key)),
    write: async (key, text) => void made.set(key, text),
  };
  const orMade = async (key: string, dataset: string, day: string): Promise<string | undefined> => {
    const found = await overlay.read(key);
    if (found !== undefined) return found;
    await refreshPages(overlay, dataset, [day], placeOf(dataset));
    return overlay.read(key);
  };
  const json = async <T>(text: Promise<string | undefined>): Promise<T | undefined> => {
    const found = await text;
    return found === undefined ? undefined : (JSON.parse(found) as T);
  };
  const record = (file: FileKey) => json<FileRecord>(ports.read(recordKey(file)));
  return {
    record,
    async days(dataset, now) {
      const from = new Date(now.getTime() - bounds.daysBack * 86_400_000).toISOString().slice(0, 10);
      return (await ports.listDays(dataset, from)).slice(-bounds.days);
    },
    totals: (dataset, day) => json<DayTotals>(orMade(dayTotalsKey(dataset, day), dataset, day)),
    async filePage(file) {
      const found = await ports.read(filePageKey(file));
      if (found !== undefined) return found;
      const known = await record(file);
      return known && filePage(known, placeOf(file.dataset));
    },
    dayPage: (dataset, day) => orMade(dayPageKey(dataset, day), dataset, day),
    datasetPage: (dataset, newest) => orMade(datasetPageKey(dataset), dataset, newest),
    async filesOf(dataset, day) {
      const files = await json<DayFiles>(orMade(dayFilesKey(dataset, day), dataset, day));
      return Object.values(files?.files ?? {}).map(({ file_id, last_modified }) => ({
        dataset,
        file_id,
        last_modified,
      }));
    },
  };
}
