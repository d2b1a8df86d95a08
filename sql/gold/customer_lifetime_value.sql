-- What each customer has bought, ever. Cancelled orders do not count; region and plan are null while the customer is not
-- known.
-- sources: orders, customers
-- refresh: key customer_id
-- key: customer_id
-- dirty orders: select customer_id from {changed}
-- dirty customers: select customer_id from {changed}
select
  o.customer_id,
  max(c.region) as region,
  max(c.plan) as plan,
  count(*) as orders,
  sum(o.quantity * o.unit_price) as lifetime_value,
  cast(sum(o.quantity * o.unit_price) / count(*) as decimal(18, 2)) as average_order_value,
  min(cast(o.order_ts as date)) as first_order_date,
  max(cast(o.order_ts as date)) as last_order_date
from {orders} o
left join {customers} c on c.customer_id = o.customer_id
where o.status <> 'cancelled'
group by o.customer_id
