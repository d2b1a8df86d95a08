-- Counts, of each file of a batch, the rows in silver whose parent is not there, for each column that refers to another
-- dataset.
-- target: the silver table    counts: of each of them    is_orphan: the row's parent is missing, for each of them
-- batch_seq: number of the batch
-- Run by: publish-metrics, of datasets that refer to others.
select meta_file_id, {counts}
from (
  select
    meta_file_id,
    {is_orphan}
  from {target}
  where meta_batch_seq = :batch_seq and not meta_deleted
)
group by meta_file_id
