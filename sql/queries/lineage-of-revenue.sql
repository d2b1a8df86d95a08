-- Where the revenue of a day (UTC) comes from: each order behind the figure, what it contributes, and the file and record
-- that its present version was in. The file is kept as it came: bronze_key in the lake's bucket.
-- Run by: analysts; tributary query --file sql/queries/lineage-of-revenue.sql --param day:date=2026-03-01
select
  g.order_date,
  g.revenue,
  o.order_id,
  o.quantity * o.unit_price as contributes,
  o.meta_file_id as file_id,
  f.key,
  f.version_id,
  f.bronze_key,
  o.meta_record as record,
  o.meta_batch_seq as batch_seq,
  f.run
from {gold}.daily_revenue g
join {silver}.orders o
  on cast(o.order_ts as date) = g.order_date
  and o.status <> 'cancelled'
  and not o.meta_deleted
left join {ops}.files f
  on f.dataset = 'orders'
  and f.file_id = o.meta_file_id
where g.order_date = :day and cast(o.order_ts as date) = :day
order by o.order_id
