-- Every order with its revenue, by the day (UTC) on which it was placed. customer_id and product_id are members of
-- dim_customers and dim_products: 'unknown' until the customer or product arrives. A cancelled order earns nothing.
-- sources: orders, customers, products
-- with: dim_customers, dim_products
-- refresh: partition order_date
-- key: order_date, order_id
-- dirty orders: select cast(order_ts as date) from {changed}
-- dirty customers: select cast(o.order_ts as date) from {changed} c
--     join {orders} o on o.customer_id = c.customer_id
-- dirty products: select cast(o.order_ts as date) from {changed} p
--     join {orders} o on o.product_id = p.product_id
select
  o.order_id,
  coalesce(c.customer_id, 'unknown') as customer_id,
  coalesce(p.product_id, 'unknown') as product_id,
  cast(o.order_ts as date) as order_date,
  o.order_ts,
  o.status,
  o.quantity,
  o.unit_price,
  case when o.status = 'cancelled' then 0.00 else o.quantity * o.unit_price end as revenue
from {orders} o
left join {customers} c on c.customer_id = o.customer_id
left join {products} p on p.product_id = o.product_id
