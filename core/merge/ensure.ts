import type { Dataset } from '../contract/dataset.ts';
import { QueryRejectedError } from '../errors.ts';
import type { Clock } from '../ledger/store.ts';
import type { Athena, Catalog } from '../ports.ts';
import { runQuery } from '../run-query.ts';
import { addColumns, createSilverTable, type SqlFiles } from './statements.ts';
import { type Databases, silverColumns, stagingColumns } from './tables.ts';

export interface Lake {
  athena: Athena;
  catalog: Catalog;
  clock: Clock;
  files: SqlFiles;
  databases: Databases;
  /** Name of the lake bucket. */
  bucket: string;
}

/**
 * Runs DDL that makes a table. When it is refused because another run was quicker, the table is there and all is well:
 * leaders of several datasets need the same silver tables for the first time at once.
 */
export async function createTable(
  lake: Lake,
  database: string,
  table: string,
  what: string,
  ddl: string,
): Promise<void> {
  try {
    await runQuery(lake.athena, lake.clock, what, ddl);
  } catch (error) {
    if (!(error instanceof QueryRejectedError) || !(await lake.catalog.exists(database, table))) throw error;
  }
}

/** Creates a dataset's silver table if it is not there yet. */
export async function ensureSilver(lake: Lake, dataset: Dataset): Promise<void> {
  const { databases, files, bucket } = lake;
  if (await lake.catalog.exists(databases.silver, dataset.name)) return;
  const ddl = createSilverTable(files, dataset, databases, bucket);
  await createTable(lake, databases.silver, dataset.name, `creating silver.${dataset.name}`, ddl);
}

/**
 * Makes a dataset's silver and staging tables ready for a MERGE: there, and with every column of the contract. Only for
 * the holder of the table's lease.
 */
export async function ensureTables(lake: Lake, dataset: Dataset): Promise<void> {
  const { catalog, databases, files } = lake;
  await catalog.ensureStagingTable(dataset.name, stagingColumns(dataset));
  const known = await catalog.columns(databases.silver, dataset.name);
  if (known === undefined) return ensureSilver(lake, dataset);
  const missing = silverColumns(dataset).filter((column) => !known.some(({ name }) => name === column.name));
  if (missing.length === 0) return;
  const ddl = addColumns(files, dataset, databases, missing);
  await runQuery(
    lake.athena,
    lake.clock,
    `adding ${missing.map(({ name }) => name).join(', ')} to silver.${dataset.name}`,
    ddl,
  );
}
