import type { Dataset } from '../contract/dataset.ts';
import { ContractError, QueryRejectedError } from '../errors.ts';
import type { Clock } from '../ledger/store.ts';
import type { Athena, Catalog } from '../ports.ts';
import { runQuery } from '../run-query.ts';
import { type EvolvedColumn, evolvedColumns } from './evolve.ts';
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
 * Makes a dataset's silver table fit its contract: there, with every column, and, when the contract says that it evolves,
 * with columns for the unknown fields of a batch. Returns the columns that it has beside those of the contract. Throws
 * ContractError when the contract no longer names a column of the table that did not come by evolution, or names another
 * type: rows that are there could not follow.
 */
export async function fitSilver(
  lake: Lake,
  dataset: Dataset,
  unknown: readonly string[] = [],
): Promise<EvolvedColumn[]> {
  const { catalog, databases, files } = lake;
  const known = await columnsOf(lake, dataset);
  refuseOtherShape(dataset, known, silverColumns(dataset));
  const evolved = evolvedColumns(dataset, known, unknown);
  const wanted = [...silverColumns(dataset), ...evolved.map(({ name }) => ({ name, type: 'string' }))];
  const missing = lacking(wanted, known);
  if (missing.length === 0) return evolved;
  const what = `adding ${missing.map(({ name }) => name).join(', ')} to silver.${dataset.name}`;
  try {
    await runQuery(lake.athena, lake.clock, what, addColumns(files, dataset, databases, missing));
  } catch (error) {
    // Another run may have been quicker, or an earlier call of this one.
    if (!(error instanceof QueryRejectedError)) throw error;
    const now = await catalog.columns(databases.silver, dataset.name);
    if (now === undefined || lacking(wanted, now).length > 0) throw error;
  }
  return evolved;
}

/** Columns of the silver table, which is created if it is not there yet. */
async function columnsOf(lake: Lake, dataset: Dataset): Promise<NamedType[]> {
  const { catalog, databases } = lake;
  const known = await catalog.columns(databases.silver, dataset.name);
  if (known !== undefined) return known;
  await ensureSilver(lake, dataset);
  return (await catalog.columns(databases.silver, dataset.name)) ?? silverColumns(dataset);
}

const lacking = (wanted: NamedType[], known: NamedType[]): NamedType[] =>
  wanted.filter((column) => !known.some(({ name }) => name === column.name));

/**
 * Makes a dataset's silver and staging tables ready for the MERGE of files with these unknown fields; returns the columns
 * that silver has beside those of the contract.
 */
export async function ensureTables(lake: Lake, dataset: Dataset, unknown: readonly string[]): Promise<EvolvedColumn[]> {
  await lake.catalog.ensureStagingTable(dataset.name, stagingColumns(dataset));
  return fitSilver(lake, dataset, unknown);
}

function refuseOtherShape({ name, drift }: Dataset, known: NamedType[], wanted: NamedType[]): void {
  for (const column of known) {
    const other = wanted.find((candidate) => candidate.name === column.name);
    const isText = plainType(column.type) === 'string';
    const evolved = drift === 'evolve' && isText && !column.name.startsWith('meta_');
    if (other === undefined ? evolved : plainType(other.type) === plainType(column.type)) continue;
    const problem =
      other === undefined
        ? `silver.${name} has a column ${column.name} that its contract does not name.`
        : `column ${column.name} of silver.${name} is ${column.type}, its contract says ${other.type}.`;
    const fix = `Put it back into schemas/${name}.odcs.yaml; a column of another name or type is a new column.`;
    throw new ContractError(`${problem} ${evolved ? retyped(column.name, name) : fix}`);
  }
}

/** What to do when a column that came by evolution is to have another type than string. */
const retyped = (column: string, dataset: string): string =>
  `If it came from a file (drift: evolve), it holds texts that nothing has checked and stays a string: in ` +
  `schemas/${dataset}.odcs.yaml give the new column another name and the field's name in the files, ${column} or as ` +
  `they spell it, as alias.`;

/** One name for what Glue and Athena call a type in different ways. */
export function plainType(type: string): string {
  const plain = type
    .toLowerCase()
    .replaceAll(' ', '')
    .replace(/^timestamp\(\d+\)$/, 'timestamp');
  return { varchar: 'string', integer: 'int' }[plain] ?? plain;
}
