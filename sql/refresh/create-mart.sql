-- Creates a mart's table on first use, empty, with the types of its SELECT.
-- target: the gold table    select: the mart    partitioning: , partitioning = array['year(column)'], or nothing. By
-- day, a full rebuild would soon write to more than the 100 partitions that Athena allows in one statement.
-- location: s3 URI of the table's folder
-- Run by: refresh-gold.
create table {target}
with (
  table_type = 'ICEBERG',
  is_external = false,
  format = 'PARQUET',
  write_compression = 'ZSTD',
  location = :location
  {partitioning}
)
as {select}
with no data
