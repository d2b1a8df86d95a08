import type { Dataset } from '../contract/dataset.ts';
import { ContractError, QueryRejectedError } from '../errors.ts';
import type { Clock } from '../ledger/store.ts';
import type { Athena, Catalog } from '../ports.ts';
import { runQuery } from '../run-query.ts';
import { addColumns, createSilverTable, type SqlFiles } from './statements.ts';
import { type Databases, type NamedType, silverColumns, stagingColumns } from './tables.ts';

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
 * Makes a dataset's silver table fit its contract: there, and with every column. Throws ContractError when the contract
 * no longer names a column of the table, or names another type: rows that are there could not follow.
 */
export async function fitSilver(lake: Lake, dataset: Dataset): Promise<void> {
  const { catalog, databases, files } = lake;
  const known = await catalog.columns(databases.silver, dataset.name);
  if (known === undefined) return ensureSilver(lake, dataset);
  refuseOtherShape(dataset, known, silverColumns(dataset));
  const missing = missingColumns(dataset, known);
  if (missing.length === 0) return;
  const what = `adding ${missing.map(({ name }) => name).join(', ')} to silver.${dataset.name}`;
  try {
    await runQuery(lake.athena, lake.clock, what, addColumns(files, dataset, databases, missing));
  } catch (error) {
    // Another run may have been quicker, or an earlier call of this one.
    if (!(error instanceof QueryRejectedError)) throw error;
    const now = await catalog.columns(databases.silver, dataset.name);
    if (now === undefined || missingColumns(dataset, now).length > 0) throw error;
  }
}

const missingColumns = (dataset: Dataset, known: NamedType[]): NamedType[] =>
  silverColumns(dataset).filter((column) => !known.some(({ name }) => name === column.name));

/** Makes a dataset's silver and staging tables ready for a MERGE. */
export async function ensureTables(lake: Lake, dataset: Dataset): Promise<void> {
  await lake.catalog.ensureStagingTable(dataset.name, stagingColumns(dataset));
  await fitSilver(lake, dataset);
}

function refuseOtherShape({ name }: Dataset, known: NamedType[], wanted: NamedType[]): void {
  for (const column of known) {
    const other = wanted.find((candidate) => candidate.name === column.name);
    const fix = `Put it back into schemas/${name}.odcs.yaml; a column of another name or type is a new column.`;
    if (other === undefined)
      throw new ContractError(`silver.${name} has a column ${column.name} that its contract does not name. ${fix}`);
    if (plainType(other.type) === plainType(column.type)) continue;
    throw new ContractError(
      `column ${column.name} of silver.${name} is ${column.type}, its contract says ${other.type}. ${fix}`,
    );
  }
}

/** One name for what Glue and Athena call a type in different ways. */
export function plainType(type: string): string {
  const plain = type
    .toLowerCase()
    .replaceAll(' ', '')
    .replace(/^timestamp\(\d+\)$/, 'timestamp');
  return { varchar: 'string', integer: 'int' }[plain] ?? plain;
}
