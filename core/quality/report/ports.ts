/** What it takes to keep the pages of a dataset up to date. */
export interface PagePorts {
  /** All records of a day, in the order of their names, each with a tag that changes when it is written anew. */
  listRecords(dataset: string, day: string): Promise<{ file_id: string; key: string; etag: string }[]>;
  /** Days of a dataset that have records, in their order, from one on. */
  listDays(dataset: string, from: string): Promise<string[]>;
  /** Undefined when there is nothing. */
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string, type: 'text/html; charset=utf-8' | 'application/json'): Promise<void>;
}
