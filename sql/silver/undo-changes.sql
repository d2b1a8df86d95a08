-- What an undo changes: the rows of silver that go, and of those the ones whose place another file's row takes, by that
-- file and by the partition that it comes to.
-- target: the silver table    affected, winners: see undo-affected and undo-winners
-- t_same, w_same: equality of a with t and w    owned: t is the file's    newer: or w is newer than t, or nothing
-- partition: name of w's partition
-- Run by: plan-undo and undo-file.
with affected as (
  {affected}
),
winners as (
  {winners}
)
select
  meta_from,
  meta_partition,
  grouping(meta_from) as by_partition,
  count(*) as changed_rows,
  count_if(meta_owned) as owned_rows
from (
  select
    w.meta_file_id as meta_from,
    {partition} as meta_partition,
    coalesce({owned}, false) as meta_owned
  from affected a
  left join {target} t
    on {t_same}
  left join winners w
    on {w_same}
  where {owned}
    or (w.meta_file_id is not null and (t.meta_file_id is null {newer}))
)
group by grouping sets ((meta_from), (meta_partition))
