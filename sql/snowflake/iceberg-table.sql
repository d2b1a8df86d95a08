-- One table of the lake, read where it lies. `or replace`, since Snowflake keeps to the table that it has found once: after
-- a replay, or when a mart got other columns, the same name in Glue leads to another table.
-- target: schema and table    volume, integration: those of the stage    namespace, table: its names in Glue
-- Run by: tributary snowflake tables.
create or replace iceberg table {target}
  external_volume = :volume
  catalog = :integration
  catalog_namespace = :namespace
  catalog_table_name = :table
  auto_refresh = true
