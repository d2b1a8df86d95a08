-- Every night of every property that was ever booked, from the day it was listed (or its first guest came) to the end of
-- the month of its last booked night: whether it was listed and occupied, and its share of the revenue. The nights of a
-- booking add up to its amount to the cent: the k-th of n nights gets floor(cents * (k + 1) / n) - floor(cents * k / n).
-- A night that is booked in two currencies has a row for each; a free one has the currency of the list price. The
-- version of the property at the end of that day is property_key with property_valid_from, a row of dim_properties;
-- ('unknown', 1900-01-01) when it was not listed.
-- sources: bookings, properties
-- with: dim_properties
-- refresh: key property_id
-- key: property_id, night, currency
-- dirty bookings: select property_id from {changed}
-- dirty properties: select property_id from {changed}
with stays as (
  select
    property_id,
    check_in,
    date_diff('day', check_in, check_out) as nights,
    currency,
    cast(amount * 100 as bigint) as cents
  from {bookings}
  where status <> 'cancelled'
),
booked as (
  select
    s.property_id,
    cast(s.check_in + n.k * interval '1' day as date) as night,
    s.currency,
    count(*) as bookings,
    sum(cast(floor(s.cents * (n.k + 1) / s.nights) - floor(s.cents * n.k / s.nights) as decimal(16, 0))) * 0.01 as revenue
  from stays s
  cross join unnest(sequence(0, s.nights - 1)) as n (k)
  group by s.property_id, cast(s.check_in + n.k * interval '1' day as date), s.currency
),
ends as (
  select property_id, night as first_night, night as last_night from booked
  union all
  select property_id, cast(valid_from as date), cast(null as date) from {properties_history}
),
spans as (
  select property_id, min(first_night) as first_night, max(last_night) as last_night
  from ends
  group by property_id
  having max(last_night) is not null
),
months as (
  select
    s.property_id,
    s.first_night,
    cast(date_trunc('month', s.first_night) + m.k * interval '1' month as date) as month
  from spans s
  cross join unnest(
    sequence(0, date_diff('month', date_trunc('month', s.first_night), date_trunc('month', s.last_night)))
  ) as m (k)
),
calendar as (
  select m.property_id, cast(m.month + d.k * interval '1' day as date) as night
  from months m
  cross join unnest(sequence(0, date_diff('day', m.month, cast(m.month + interval '1' month as date)) - 1)) as d (k)
  where cast(m.month + d.k * interval '1' day as date) >= m.first_night
)
select
  c.property_id,
  c.night,
  coalesce(h.property_id, 'unknown') as property_key,
  coalesce(h.valid_from, timestamp '1900-01-01 00:00:00.000000') as property_valid_from,
  coalesce(b.currency, h.currency, 'XXX') as currency,
  h.property_id is not null as is_listed,
  b.property_id is not null as is_occupied,
  coalesce(b.bookings, 0) as bookings,
  coalesce(b.revenue, 0.00) as revenue,
  cast(b.revenue / b.bookings as decimal(18, 2)) as average_daily_rate
from calendar c
left join booked b on b.property_id = c.property_id and b.night = c.night
left join {properties_history} h
  on h.property_id = c.property_id
  and cast(h.valid_from as date) <= c.night
  and (h.valid_to is null or cast(h.valid_to as date) > c.night)
