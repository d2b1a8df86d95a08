-- What a rollback changes: rows that go, come back and get another content, by kind and by the partition that they come to.
-- differences: see rollback-differences
-- Run by: plan-rollback and rollback-table, before the MERGE, and after it, when there must be none.
select
  meta_change,
  meta_partition,
  grouping(meta_change) as by_partition,
  count(*) as changed_rows
from (
  {differences}
)
group by grouping sets ((meta_change), (meta_partition))
