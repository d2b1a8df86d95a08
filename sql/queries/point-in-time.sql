-- Transactions by type and currency as the table was at an instant (UTC), whatever has been changed or deleted since. The
-- instant must lie within the time for which snapshots are kept.
-- Run by: analysts; tributary query --file sql/queries/point-in-time.sql --param "at:timestamp=2026-03-01 12:00:00"
select
  type,
  currency,
  count(*) as transactions,
  sum(amount) as amount
from {silver}.transactions for timestamp as of with_timezone(:at, 'UTC')
where status = 'posted' and not meta_deleted
group by type, currency
order by type, currency
