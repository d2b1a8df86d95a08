-- Takes a file out of a silver table: its rows are replaced by what the other files have for the same identity, or
-- deleted where they have nothing. Repeating it changes nothing.
-- target: the silver table    affected, winners: see undo-affected and undo-winners
-- chosen: the silver columns, identity of a, the rest of w    same: equality of a and w    match: equality of t and s
-- range: partition range of the rows that come back, if they are of more partitions than one statement may write to
-- owned: t is the file's    newer: or s is newer than t, or nothing    columns, values, assignments: the silver columns
-- batch_seq: number of the commit
-- Run by: undo-file, as the holder of the table's lease.
merge into {target} t
using (
  with affected as (
    {affected}
  ),
  winners as (
    {winners}
  )
  select {chosen}, w.meta_file_id is null as meta_gone
  from affected a
  left join winners w
    on {same}
  {range}
) s
on {match}
when matched and s.meta_gone and {owned} then delete
when matched and not s.meta_gone and ({owned} {newer}) then update set
  {assignments},
  meta_batch_seq = :batch_seq
when not matched and not s.meta_gone then insert ({columns}, meta_batch_seq)
  values ({values}, :batch_seq)
