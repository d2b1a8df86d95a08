-- Every state that the orders table has been in: one line a commit. The id goes into time-travel.sql.
-- Run by: analysts; tributary query --file sql/queries/snapshots.sql
select snapshot_id, committed_at, operation
from {silver}."orders$snapshots"
order by committed_at
