import type { Profile } from '../validation/result.ts';
import type { FileRecord } from './record.ts';

/** Where records of files lie. */
export interface RecordStore {
  /** Writes the record of a file at its key, over the one that is there. */
  write(record: FileRecord): Promise<void>;
  /** Makes the records of a day visible in `ops.files`; again is no error. */
  showDay(dataset: string, day: string): Promise<void>;
  /** What a validation measured; undefined when it is not there any more. */
  profile(key: string): Promise<Profile | undefined>;
}
