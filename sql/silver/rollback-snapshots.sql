-- The snapshots of a silver table that led to what it is now, oldest first, each with what its summary says of rows: those
-- in its data files, and those of them that are marked as deleted.
-- snapshots, history: Iceberg's tables of these names about the silver table
-- Run by: plan-rollback and rollback-table; the command line, to list them.
select
  cast(snapshot_id as varchar) as snapshot_id,
  cast(parent_id as varchar) as parent_id,
  to_iso8601(committed_at at time zone 'UTC') as committed_at,
  operation,
  element_at(summary, 'total-records') as written_rows,
  element_at(summary, 'total-position-deletes') as deleted_rows
from {snapshots}
where snapshot_id in (select snapshot_id from {history} where is_current_ancestor)
order by committed_at
