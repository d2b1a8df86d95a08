/** An Iceberg table as the Glue catalog has it. */
export interface GlueTable {
  metadata_location: string;
  /** Folder of the table, without a slash at its end. */
  location: string;
  version?: string;
  /** Everything else that Glue keeps of it, as UpdateTable takes it. */
  definition: Record<string, unknown>;
}

/** What a replay needs of Glue beside the Catalog: names of Iceberg tables, and what they point to. */
export interface Pointers {
  find(database: string, table: string): Promise<GlueTable | undefined>;
  /**
   * Makes a name point to another table, in one step for everybody who reads it. Throws CommitConflictError when the name
   * has changed since it was read as `known`.
   */
  repoint(database: string, table: string, known: GlueTable, to: GlueTable): Promise<void>;
  /** Gives a table a name, or leaves the one of this name as it is. */
  register(database: string, table: string, of: GlueTable): Promise<void>;
  /** Takes a name away; the table's files stay. */
  forget(database: string, table: string): Promise<void>;
}
