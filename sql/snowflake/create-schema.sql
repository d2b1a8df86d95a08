-- A schema of the name that the area has in the lake: silver, gold.
-- schema: the schema
-- Run by: tributary snowflake tables.
create schema if not exists {schema}
