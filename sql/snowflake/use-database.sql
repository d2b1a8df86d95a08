-- From here on, names have a schema and no database, as they have in Athena.
-- database: the database
-- Run by: tributary snowflake tables.
use database {database}
