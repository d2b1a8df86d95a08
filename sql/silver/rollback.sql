-- Brings a silver table back to one of its snapshots by a further commit: rows that are new since go, changed ones get
-- their old content, deleted ones return, and those that are the same stay as they are. Repeating it changes nothing.
-- target: the silver table    differences: see rollback-differences
-- range: partition range of the rows that come back, if they are of more partitions than one statement may write to
-- match: equality of t and s    assignments: the silver columns, null for those that the snapshot does not have
-- columns, values: those that it has    batch_seq: number of the commit
-- Run by: rollback-table, as the holder of the table's lease.
merge into {target} t
using (
  select *
  from (
    {differences}
  )
  {range}
) s
on {match}
when matched and s.meta_gone then delete
when matched then update set
  {assignments},
  meta_batch_seq = :batch_seq
when not matched and not s.meta_gone then insert ({columns}, meta_batch_seq)
  values ({values}, :batch_seq)
