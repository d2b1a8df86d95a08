-- Counts the staged rows of a batch, and those of them that silver does not show: neither the row itself nor a newer
-- version of it. The second must be 0.
-- target: the silver table    staged: the external table over staging/    match: equality on the row's identity
-- identity: a column of the identity, never null    newer: the target is not older, or nothing
-- stage_ids: validated files of the batch
-- Run by: publish-metrics.
select
  count(*) as staged_rows,
  count_if(t.{identity} is null) as missing_rows
from (
  select {staged_columns}
  from {staged}
  where stage_id in (:stage_ids)
) s
left join {target} t
  on {match} {newer}
