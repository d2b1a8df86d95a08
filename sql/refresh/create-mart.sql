-- Creates a mart's table on first use, empty, with the types of its SELECT.
-- target: the gold table    select: the mart    partitioning: , partitioning = array['column'], or nothing
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
