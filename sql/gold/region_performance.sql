-- Customers, orders and revenue of each sales region, by the region that the customer has today. Orders of customers not
-- known yet count under 'unknown' until the customer arrives. Cancelled orders do not count.
-- sources: orders, customers
-- refresh: key region
-- key: region
-- dirty orders: select coalesce(c.region, 'unknown') from {changed} o
--     left join {customers} c on c.customer_id = o.customer_id
-- dirty customers: select region from {changed} union all select 'unknown' from {changed}
select
  coalesce(c.region, 'unknown') as region,
  count(distinct o.customer_id) as customers,
  count(*) as orders,
  sum(o.quantity * o.unit_price) as revenue
from {orders} o
left join {customers} c on c.customer_id = o.customer_id
where o.status <> 'cancelled'
group by coalesce(c.region, 'unknown')
