-- Orders and revenue as they were at a snapshot (its id comes from snapshots.sql).
-- Run by: analysts; tributary query --file sql/queries/time-travel.sql --param snapshot=<id>
select count(*) as orders, sum(quantity * unit_price) as revenue
from {silver}.orders for version as of :snapshot
where not meta_deleted
