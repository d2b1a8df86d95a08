-- Creates a dataset's silver table on first use.
-- target: the silver table    columns: names and types    partitioning: partitioned by (…), or nothing
-- location: s3 URI of the table's folder
-- Run by: merge-rows and refresh-gold. Table properties are Athena's allow-list for Iceberg.
create table if not exists {target} (
  {columns}
)
{partitioning}
location :location
tblproperties (
  'table_type' = 'ICEBERG',
  'format' = 'parquet',
  'write_compression' = 'zstd',
  'vacuum_max_snapshot_age_seconds' = '604800'
)
