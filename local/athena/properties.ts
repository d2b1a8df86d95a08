import { StatementError } from './tokens.ts';

/**
 * Table properties that Athena takes for Iceberg tables, beside `table_type`
 * (https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html). It refuses all others.
 */
const ALLOWED = new Set([
  'format',
  'write_compression',
  'compression_level',
  'write_target_data_file_size_bytes',
  'optimize_rewrite_data_file_threshold',
  'optimize_rewrite_delete_file_threshold',
  'optimize_rewrite_min_data_file_size_bytes',
  'optimize_rewrite_max_data_file_size_bytes',
  'vacuum_min_snapshots_to_keep',
  'vacuum_max_snapshot_age_seconds',
  'vacuum_max_metadata_files_to_keep',
]);

/** Athena's default: five days. */
const DEFAULT_SNAPSHOT_AGE_SECONDS = 432_000;

const FORMATS = ['PARQUET', 'ORC', 'AVRO'];

/** Throws StatementError on a property that Athena would refuse, or a value it could not use. */
export function checkProperties(properties: Record<string, string>): void {
  for (const [key, value] of Object.entries(properties)) {
    if (!ALLOWED.has(key)) throw new StatementError(`Unsupported table property key: ${key}`);
    if (key.startsWith('vacuum_') || key.endsWith('_bytes') || key.endsWith('_threshold')) {
      if (!/^\d+$/.test(value))
        throw new StatementError(`Table property ${key} must be a whole number, not '${value}'`);
    }
  }
  if (properties.format !== undefined && !FORMATS.includes(properties.format.toUpperCase())) {
    throw new StatementError(`Unsupported format '${properties.format}': Iceberg tables are PARQUET, ORC or AVRO`);
  }
}

/** Trino's `format` for what the table's properties say. */
export function fileFormat(properties: Record<string, string>): string {
  return (properties.format ?? 'PARQUET').toUpperCase();
}

/** How long VACUUM keeps a snapshot, in seconds. */
export function snapshotAge(properties: Record<string, string>): number {
  return Number(properties.vacuum_max_snapshot_age_seconds ?? DEFAULT_SNAPSHOT_AGE_SECONDS);
}
