import type { Dataset } from '../contract/dataset.ts';
import type { Clock } from '../ledger/store.ts';
import type { Athena, Catalog } from '../ports.ts';
import { runQuery } from '../run-query.ts';
import { createSilverTable, type SqlFiles } from './statements.ts';
import { type Databases, stagingColumns } from './tables.ts';

export interface Lake {
  athena: Athena;
  catalog: Catalog;
  clock: Clock;
  files: SqlFiles;
  databases: Databases;
  /** Name of the lake bucket. */
  bucket: string;
}

/** Creates a dataset's silver table if it is not there yet. */
export async function ensureSilver(lake: Lake, dataset: Dataset): Promise<void> {
  if (await lake.catalog.exists(lake.databases.silver, dataset.name)) return;
  const ddl = createSilverTable(lake.files, dataset, lake.databases, lake.bucket);
  await runQuery(lake.athena, lake.clock, `creating silver.${dataset.name}`, ddl);
}

/** Makes a dataset's silver and staging tables ready for a MERGE. */
export async function ensureTables(lake: Lake, dataset: Dataset): Promise<void> {
  await lake.catalog.ensureStagingTable(dataset.name, stagingColumns(dataset));
  await ensureSilver(lake, dataset);
}
