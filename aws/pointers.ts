import {
  CreateTableCommand,
  DeleteTableCommand,
  GetTableCommand,
  type Table,
  type TableInput,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import { CommitConflictError } from '../core/errors.ts';
import type { GlueTable, Pointers } from '../core/operation/pointers.ts';
import { glue } from './clients.ts';

const isNamed = (error: unknown, name: string) => error instanceof Error && error.name === name;

/** Names of Iceberg tables in the Glue catalog. What a name points to is changed as an Iceberg commit changes it. */
export const pointers: Pointers = {
  find,
  repoint,
  async register(database, table, { definition }) {
    try {
      await glue().send(new CreateTableCommand({ DatabaseName: database, TableInput: { ...definition, Name: table } }));
    } catch (error) {
      if (!isNamed(error, 'AlreadyExistsException')) throw error;
    }
  },
  async forget(database, table) {
    try {
      await glue().send(new DeleteTableCommand({ DatabaseName: database, Name: table }));
    } catch (error) {
      if (!isNamed(error, 'EntityNotFoundException')) throw error;
    }
  },
};

async function find(database: string, table: string): Promise<GlueTable | undefined> {
  try {
    const { Table } = await glue().send(new GetTableCommand({ DatabaseName: database, Name: table }));
    return toGlueTable(Table!);
  } catch (error) {
    if (isNamed(error, 'EntityNotFoundException')) return undefined;
    throw error;
  }
}

function toGlueTable(table: Table): GlueTable {
  const { Description, Owner, Retention, TableType, PartitionKeys, StorageDescriptor, Parameters } = table;
  const metadata = Parameters?.metadata_location;
  if (metadata === undefined) throw new Error(`${table.DatabaseName}.${table.Name} is not an Iceberg table`);
  const definition: Omit<TableInput, 'Name'> = {
    Description,
    Owner,
    Retention,
    TableType,
    PartitionKeys,
    StorageDescriptor,
    Parameters,
  };
  return {
    metadata_location: metadata,
    location: (StorageDescriptor?.Location ?? '').replace(/\/+$/, ''),
    version: table.VersionId,
    definition: JSON.parse(JSON.stringify(definition)),
  };
}

/**
 * As Iceberg commits through Glue: UpdateTable on condition of the version that was read
 * (https://github.com/apache/iceberg/blob/main/aws/src/main/java/org/apache/iceberg/aws/glue/GlueTableOperations.java).
 * A refusal may be the answer to a repeated request whose first answer was lost.
 */
async function repoint(database: string, table: string, known: GlueTable, to: GlueTable): Promise<void> {
  const kept = known.definition as Omit<TableInput, 'Name'>;
  const next = to.definition as Omit<TableInput, 'Name'>;
  const input: TableInput = {
    ...kept,
    ...next,
    Description: kept.Description ?? next.Description,
    Parameters: { ...kept.Parameters, ...next.Parameters, previous_metadata_location: known.metadata_location },
    Name: table,
  };
  try {
    await glue().send(
      new UpdateTableCommand({
        DatabaseName: database,
        TableInput: input,
        VersionId: known.version,
        SkipArchive: true,
      }),
    );
  } catch (error) {
    if (!isNamed(error, 'ConcurrentModificationException')) throw error;
    if ((await find(database, table))?.metadata_location === to.metadata_location) return;
    throw new CommitConflictError(`${database}.${table} was changed by somebody else`, { cause: error });
  }
}
