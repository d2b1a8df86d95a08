-- Where a file came from and what became of it: exactly which object, its copy in bronze, the run, the validation, the
-- contract, and the commit that brought its rows to silver (rows of it have its meta_file_id and meta_batch_seq).
-- Run by: analysts; tributary query --file sql/queries/lineage-of-file.sql --param file=<file id>
select
  dataset,
  outcome,
  error,
  concat('s3://', bucket, '/', key) as source,
  version_id,
  etag,
  size,
  last_modified,
  bronze_key,
  run,
  stage_id,
  contract_version,
  rows_in,
  rows_accepted,
  rows_rejected,
  rows_duplicate,
  rows_superseded,
  batch_seq,
  snapshot_id,
  received_at,
  merged_at,
  finished_at,
  drop_to_gold_seconds
from {ops}.files
where file_id = :file
