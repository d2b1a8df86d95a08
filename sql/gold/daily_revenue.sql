-- Orders and revenue of each day (UTC) on which orders were placed. Cancelled orders do not count.
-- sources: orders
-- refresh: partition order_date
-- key: order_date
-- dirty orders: select cast(order_ts as date) from {changed}
select
  cast(order_ts as date) as order_date,
  count(*) as orders,
  count(distinct customer_id) as customers,
  sum(quantity) as units,
  sum(quantity * unit_price) as revenue
from {orders}
where status <> 'cancelled'
group by cast(order_ts as date)
