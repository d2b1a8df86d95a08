-- Adds the columns that a contract has gained, or that files have brought (drift: evolve); rows that are there have null
-- in them.
-- target: the silver table    columns: names and types
-- Run by: merge-rows, as the holder of the table's lease.
alter table {target} add columns ({columns})
