-- What each customer did on each day (UTC), by the plan of that time: the additive rollup under kpi_by_plan and
-- daily_plan_activity. Events from before the sign-up count under 'unknown'. A purchase without an amount is estimated at
-- the list price of the plan for a month, which is written here and nowhere else.
-- sources: events
-- refresh: partition event_date
-- key: event_date, plan, customer_id
-- dirty events: select cast(event_ts as date) from {changed}
select
  cast(event_ts as date) as event_date,
  coalesce(plan, 'unknown') as plan,
  coalesce(customer_id, 'unknown') as customer_id,
  count(*) as events,
  count_if(event_type = 'purchase') as purchases,
  count_if(event_type = 'purchase' and amount is null) as purchases_estimated,
  sum(
    case
      when event_type <> 'purchase' then 0.00
      when amount is not null then amount
      when plan = 'pro' then 29.00
      when plan = 'enterprise' then 299.00
      else 0.00
    end
  ) as estimated_revenue
from {events}
group by cast(event_ts as date), coalesce(plan, 'unknown'), coalesce(customer_id, 'unknown')
