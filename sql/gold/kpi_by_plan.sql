-- Key figures of each plan over all days. The conversion rate is the share of the customers active in the plan who bought
-- in it; events from before the sign-up are of no customer and count under events only, purchases among them too.
-- sources: daily_customer_activity
-- refresh: view
select
  plan,
  sum(events) as total_events,
  sum(purchases) as total_purchases,
  count(distinct nullif(customer_id, 'unknown')) as customers,
  count(distinct case when purchases > 0 then nullif(customer_id, 'unknown') end) as customers_purchased,
  cast(
    1.0000 * count(distinct case when purchases > 0 then nullif(customer_id, 'unknown') end)
      / nullif(count(distinct nullif(customer_id, 'unknown')), 0)
    as decimal(9, 4)
  ) as conversion_rate,
  sum(estimated_revenue) as estimated_revenue
from {daily_customer_activity}
group by plan
