-- Revenue of each month, beside the month before in the calendar.
-- Run by: analysts; tributary query --file sql/queries/revenue.sql
with months as (
  select
    cast(date_trunc('month', order_date) as date) as month,
    sum(orders) as orders,
    sum(units) as units,
    sum(revenue) as revenue
  from {gold}.daily_revenue
  group by cast(date_trunc('month', order_date) as date)
)
select
  m.month,
  m.orders,
  m.units,
  m.revenue,
  cast(m.revenue / m.orders as decimal(18, 2)) as average_order_value,
  coalesce(b.revenue, 0.00) as revenue_month_before,
  cast(100.00 * (m.revenue - b.revenue) / nullif(b.revenue, 0) as decimal(18, 2)) as percent_change
from months m
left join months b on b.month = cast(m.month - interval '1' month as date)
order by m.month
