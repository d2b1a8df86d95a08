-- A view over silver, with the text that it has in Athena.
-- target: schema and view    select: its rows
-- Run by: tributary snowflake tables.
create or replace view {target} as
select * from {select} as r
