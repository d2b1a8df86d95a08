-- Counts the rows of a batch whose parent is not there, for each column that refers to another dataset.
-- target: the silver table    counts: of each of them    missing: the row's parent is, for each of them
-- batch_seq: number of the batch
-- Run by: publish-metrics, of datasets that refer to others.
select {counts}
from (
  select
    {missing}
  from {target}
  where meta_batch_seq = :batch_seq and not meta_deleted
)
