-- Customers, orders and revenue of each sales region, by the region that the customer has today. Orders of customers not
-- known yet count under 'unknown' until the customer arrives. Cancelled orders do not count.
-- sources: customer_lifetime_value
-- refresh: view
select
  coalesce(region, 'unknown') as region,
  count(*) as customers,
  sum(orders) as orders,
  sum(lifetime_value) as revenue
from {customer_lifetime_value}
group by coalesce(region, 'unknown')
