import type { Profile } from '../validation/result.ts';
import type { FileRecord } from './record.ts';

/** Where records of files lie. */
export interface RecordStore {
  /** Writes the record of a file at its key, over the one that is there, and its report page. */
  write(record: FileRecord): Promise<void>;
  /** Makes the records of a day visible in `ops.files`; again is no error. */
  showDay(dataset: string, day: string): Promise<void>;
  /**
   * Makes the report pages of some days of a dataset, and of the dataset, anew from the records. Does not fail: pages are
   * made of records at any time, so that one that could not be written now is no reason to hold up a file. Begins no day
   * but the first once `hasTime` says that there is none, and returns the days that are left.
   */
  refreshPages(dataset: string, days: string[], hasTime?: () => boolean): Promise<string[]>;
  /**
   * The same for the page of one day alone. `more`: it has more new records than one call reads; the next goes on.
   */
  refreshDay(dataset: string, day: string): Promise<'done' | 'more'>;
  /** What a validation measured; undefined when it is not there any more. */
  profile(key: string): Promise<Profile | undefined>;
}
