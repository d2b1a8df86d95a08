-- Orders, units and revenue of each product on each day (UTC): the additive rollup under top_products. Cancelled orders
-- do not count.
-- sources: orders
-- refresh: partition order_date
-- key: order_date, product_id
-- dirty orders: select cast(order_ts as date) from {changed}
select
  cast(order_ts as date) as order_date,
  product_id,
  count(*) as orders,
  sum(quantity) as units,
  sum(quantity * unit_price) as revenue
from {orders}
where status <> 'cancelled'
group by cast(order_ts as date), product_id
