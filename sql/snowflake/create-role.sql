-- The role of people who may read.
-- role: the role
-- Run by: tributary snowflake tables.
create role if not exists {role}
