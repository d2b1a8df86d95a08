-- What silver has after an undo: rows of the file, which must be none, and rows that its commit has written.
-- target: the silver table    file_id: the file    batch_seq: number of the commit
-- Run by: undo-file, before the ledger says that the file is undone.
select
  count_if(meta_file_id = :file_id) as left_rows,
  count_if(meta_batch_seq = :batch_seq) as written_rows
from {target}
where meta_file_id = :file_id or meta_batch_seq = :batch_seq
