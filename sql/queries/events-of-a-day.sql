-- Events of a day (UTC) by type. The table is partitioned by the day of event_ts, so the bytes scanned are those of the
-- day and not of the table: tributary query shows them below the rows.
-- Run by: analysts; tributary query --file sql/queries/events-of-a-day.sql --param day:date=2026-03-01
select
  event_type,
  count(*) as events,
  count(distinct customer_id) as customers,
  sum(amount) as amount
from {silver}.events
where cast(event_ts as date) = :day
group by event_type
order by events desc, event_type
