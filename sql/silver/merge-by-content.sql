-- Brings staged files into a silver table without a natural key: a row is its content and its occurrence within the
-- file (meta_row_id), so it is inserted once, however often and under whatever name it arrives.
-- target: the silver table    staged: the external table over staging/
-- staged_columns: columns of the staging files    typed: the silver columns, made from them    columns: their names
-- range: partition range of a wide file
-- prune: bounds on the target's partition column, which is part of the content
-- stage_ids: validated files of this batch    batch_seq: number of the batch
-- Run by: merge-rows, as the holder of the table's lease.
merge into {target} t
using (
  select {typed}
  from (
    select
      {staged_columns},
      row_number() over (partition by meta_row_hash, meta_occurrence order by meta_version, meta_file_id) as meta_rank
    from {staged}
    where stage_id in (:stage_ids) {range}
  )
  where meta_rank = 1
) s
on t.meta_row_id = s.meta_row_id {prune}
when not matched then insert ({columns}, meta_batch_seq)
  values ({values}, :batch_seq)
