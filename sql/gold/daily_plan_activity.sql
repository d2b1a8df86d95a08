-- Events, purchases, customers and estimated revenue of each plan on each day (UTC).
-- sources: daily_customer_activity
-- refresh: view
select
  event_date,
  plan,
  sum(events) as events,
  sum(purchases) as purchases,
  count(distinct nullif(customer_id, 'unknown')) as customers,
  count(distinct case when purchases > 0 then nullif(customer_id, 'unknown') end) as customers_purchased,
  sum(estimated_revenue) as estimated_revenue
from {daily_customer_activity}
group by event_date, plan
