import {
  CreatePartitionCommand,
  CreateTableCommand,
  DeletePartitionCommand,
  GetTableCommand,
  type StorageDescriptor,
  type Table,
  UpdatePartitionCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-glue';
import type { Databases, NamedType } from '../core/merge/tables.ts';
import type { Catalog } from '../core/ports.ts';
import { glue } from './clients.ts';
import { readMetadata } from './s3.ts';

/** Glue's catalog of one stage. `bucket` is the lake's. */
export function catalog(databases: Databases, bucket: string): Catalog {
  return {
    exists: async (database, table) => (await find(database, table)) !== undefined,
    async columns(database, table) {
      const found = await find(database, table);
      return found && (found.StorageDescriptor?.Columns ?? []).map(({ Name, Type }) => ({ name: Name!, type: Type! }));
    },
    async currentSnapshot(database, table) {
      const location = (await find(database, table))?.Parameters?.metadata_location;
      if (location === undefined) throw new Error(`Glue has no Iceberg table ${database}.${table}`);
      return currentSnapshotId(await readMetadata(location));
    },
    ensureStagingTable: (table, columns, of = table) =>
      ensureStaging(databases.staging, table, columns, `s3://${bucket}/staging/${of}/`),
    registerQuarantine: (dataset, fileId, stageId) =>
      registerQuarantine(databases.ops, [dataset, fileId], stageId, `s3://${bucket}/quarantine/${dataset}`),
  };
}

/** From the text of Iceberg's table metadata: the id has 64 bits, more than JSON.parse keeps. -1 means none. */
export function currentSnapshotId(metadata: string): string | null {
  const [, id] = /"current-snapshot-id"\s*:\s*(-?\d+|null)/.exec(metadata) ?? [];
  return id === undefined || id === 'null' || id === '-1' ? null : id;
}

const isNamed = (error: unknown, name: string) => error instanceof Error && error.name === name;

async function find(database: string, table: string): Promise<Table | undefined> {
  try {
    return (await glue().send(new GetTableCommand({ DatabaseName: database, Name: table }))).Table;
  } catch (error) {
    if (isNamed(error, 'EntityNotFoundException')) return undefined;
    throw error;
  }
}

const parquet = (columns: NamedType[], location: string): StorageDescriptor => ({
  Columns: columns.map(({ name, type }) => ({ Name: name, Type: type })),
  Location: location,
  InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
  OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
  SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
});

/**
 * Injected partition projection: the query names the stage ids it wants, and Athena asks the catalog for no partition.
 */
async function ensureStaging(database: string, table: string, columns: NamedType[], location: string): Promise<void> {
  const input = {
    Name: table,
    TableType: 'EXTERNAL_TABLE',
    PartitionKeys: [{ Name: 'stage_id', Type: 'string' }],
    StorageDescriptor: parquet(columns, location),
    Parameters: {
      EXTERNAL: 'TRUE',
      classification: 'parquet',
      'projection.enabled': 'true',
      'projection.stage_id.type': 'injected',
      // Athena fills in the stage id.
      'storage.location.template': `${location}stage_id=\${stage_id}/`,
    },
  };
  const found = await find(database, table);
  if (found === undefined) {
    try {
      await glue().send(new CreateTableCommand({ DatabaseName: database, TableInput: input }));
    } catch (error) {
      if (!isNamed(error, 'AlreadyExistsException')) throw error;
    }
    return;
  }
  const known = (found.StorageDescriptor?.Columns ?? []).map(({ Name, Type }) => `${Name} ${Type}`).join();
  if (known === columns.map(({ name, type }) => `${name} ${type}`).join()) return;
  await glue().send(new UpdateTableCommand({ DatabaseName: database, TableInput: input }));
}

async function registerQuarantine(
  database: string,
  values: string[],
  stageId: string | null,
  folder: string,
): Promise<void> {
  const table = { DatabaseName: database, TableName: 'quarantine' };
  if (stageId === null) {
    try {
      await glue().send(new DeletePartitionCommand({ ...table, PartitionValues: values }));
    } catch (error) {
      if (!isNamed(error, 'EntityNotFoundException')) throw error;
    }
    return;
  }
  const columns = (await find(database, 'quarantine'))?.StorageDescriptor?.Columns ?? [];
  const named = columns.map(({ Name, Type }) => ({ name: Name!, type: Type! }));
  const input = { Values: values, StorageDescriptor: parquet(named, `${folder}/stage_id=${stageId}/`) };
  try {
    await glue().send(new CreatePartitionCommand({ ...table, PartitionInput: input }));
  } catch (error) {
    if (!isNamed(error, 'AlreadyExistsException')) throw error;
    await glue().send(new UpdatePartitionCommand({ ...table, PartitionValueList: values, PartitionInput: input }));
  }
}

/** Adds a day of records to `files`, as its columns are now; a day that is there already stays as it is. */
export async function registerDay(database: string, values: string[], location: string): Promise<void> {
  const table = await find(database, 'files');
  if (table === undefined) throw new Error(`Glue has no table ${database}.files: deploy the stack again`);
  const input = { Values: values, StorageDescriptor: { ...table.StorageDescriptor, Location: location } };
  try {
    await glue().send(
      new CreatePartitionCommand({ DatabaseName: database, TableName: 'files', PartitionInput: input }),
    );
  } catch (error) {
    if (!isNamed(error, 'AlreadyExistsException')) throw error;
  }
}
