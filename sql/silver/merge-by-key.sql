-- Brings staged files into a silver table that has a natural key: of each identity (the key, and with `history: scd2` the
-- content) the greatest version wins, whatever the order in which files arrive. Repeating it changes nothing.
-- target: the silver table    staged: the external table over staging/
-- staged_columns: columns of the staging files    typed: the silver columns, made from them    columns: their names
-- identity: columns of a row's identity    range: partition range of a wide file
-- stage_ids: validated files of this batch    batch_seq: number of the batch
-- Run by: merge-rows, as the holder of the table's lease.
merge into {target} t
using (
  select {typed}
  from (
    select
      {staged_columns},
      row_number() over (
        partition by {identity}
        order by meta_version desc, meta_row_hash desc, meta_file_id desc, meta_record desc
      ) as meta_rank
    from {staged}
    where stage_id in (:stage_ids) {range}
  )
  where meta_rank = 1
) s
on {match}
when matched and s.meta_version > t.meta_version then update set
  {assignments},
  meta_batch_seq = :batch_seq
when not matched then insert ({columns}, meta_batch_seq)
  values ({values}, :batch_seq)
