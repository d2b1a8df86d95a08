import type { NamedType } from './merge/tables.ts';

/** What the domain needs of Athena. */
export interface Athena {
  /**
   * Starts a query and returns its id. The same token and text give the same id (StartQueryExecution's
   * ClientRequestToken), so a lost answer does not start a second query. Throws QueryRejectedError for a statement that
   * Athena refuses at once.
   */
  start(sql: string, clientToken: string): Promise<string>;
  get(queryId: string): Promise<QueryStatus>;
  /** All rows of a finished SELECT, values as text, null where SQL null. */
  rows(queryId: string): Promise<(string | null)[][]>;
  /** Columns of a finished SELECT. */
  columns(queryId: string): Promise<NamedType[]>;
}

export type QueryStatus =
  | { state: 'running' }
  | { state: 'succeeded'; bytesScanned: number }
  | { state: 'failed' | 'cancelled'; reason: string; retryable: boolean; bytesScanned: number };

/** What the domain needs of the Glue catalog and of Iceberg's metadata. */
export interface Catalog {
  exists(database: string, table: string): Promise<boolean>;
  /** Columns in the table's order; undefined if there is no such table. */
  columns(database: string, table: string): Promise<NamedType[] | undefined>;
  /** Id of an Iceberg table's current snapshot as decimal text; null while it has none. */
  currentSnapshot(database: string, table: string): Promise<string | null>;
  /**
   * Creates the external Parquet table over a dataset's staging files, or brings its columns up to date. `of` is the
   * dataset, if the table has another name.
   */
  ensureStagingTable(table: string, columns: NamedType[], of?: string): Promise<void>;
  /** Makes the rejected rows of one file visible in the quarantine table, or none when `stageId` is null. */
  registerQuarantine(dataset: string, fileId: string, stageId: string | null): Promise<void>;
}
