-- Occupancy and revenue of each property in each month, by currency. Available are the nights on which the property was
-- listed or occupied; average_daily_rate is the revenue of a booked night, revenue_per_available_night of any.
-- sources: fct_property_day
-- refresh: view
with days as (
  select
    property_id,
    cast(date_trunc('month', night) as date) as month,
    count(distinct case when is_listed or is_occupied then night end) as available_nights,
    count(distinct case when is_occupied then night end) as occupied_nights
  from {fct_property_day}
  group by property_id, cast(date_trunc('month', night) as date)
),
money as (
  select
    property_id,
    cast(date_trunc('month', night) as date) as month,
    currency,
    sum(bookings) as booked_nights,
    sum(revenue) as revenue
  from {fct_property_day}
  group by property_id, cast(date_trunc('month', night) as date), currency
)
select
  m.property_id,
  m.month,
  m.currency,
  d.available_nights,
  d.occupied_nights,
  cast(1.0000 * d.occupied_nights / nullif(d.available_nights, 0) as decimal(9, 4)) as occupancy,
  m.booked_nights,
  m.revenue,
  cast(m.revenue / nullif(m.booked_nights, 0) as decimal(18, 2)) as average_daily_rate,
  cast(m.revenue / nullif(d.available_nights, 0) as decimal(18, 2)) as revenue_per_available_night
from money m
join days d on d.property_id = m.property_id and d.month = m.month
