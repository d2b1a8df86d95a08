-- The stage's database in Snowflake.
-- database: the database
-- Run by: tributary snowflake tables.
create database if not exists {database}
