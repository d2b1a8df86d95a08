-- Conversion by plan between two days (UTC), both included: events, purchases, the customers active in the plan, those of
-- them who bought in it, their share, and the estimated revenue. Reads the days' partitions of the rollup only.
-- Run by: analysts; tributary query --file sql/queries/plan-conversion.sql --param first:date=2026-03-01
--     --param last:date=2026-03-31
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
from {gold}.daily_customer_activity
where event_date between :first and :last
group by plan
order by conversion_rate desc nulls last, plan
