-- A query without rows that has the columns of a snapshot: it is read with those of its own time.
-- target: the silver table    snapshot: id of the snapshot
-- Run by: plan-rollback and rollback-table.
select *
from {target} for version as of {snapshot}
where false
