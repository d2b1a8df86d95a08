-- Every booking of a property that has arrived, with the versions of the property and its host that held when it was
-- made: property_key with property_valid_from, and host_key with host_valid_from, are rows of dim_properties and
-- dim_hosts; ('unknown', 1900-01-01) where no version held at that time. A cancelled booking earns nothing.
-- sources: bookings, properties, hosts
-- with: dim_properties, dim_hosts
-- refresh: partition check_in
-- key: check_in, booking_id
-- dirty bookings: select check_in from {changed}
-- dirty properties: select b.check_in from {changed} p join {bookings} b on b.property_id = p.property_id
-- dirty hosts: select b.check_in from {changed} h
--     join {properties_history} p on p.host_id = h.host_id
--     join {bookings} b on b.property_id = p.property_id
select
  b.booking_id,
  b.property_id,
  coalesce(p.property_id, 'unknown') as property_key,
  coalesce(p.valid_from, timestamp '1900-01-01 00:00:00.000000') as property_valid_from,
  coalesce(h.host_id, 'unknown') as host_key,
  coalesce(h.valid_from, timestamp '1900-01-01 00:00:00.000000') as host_valid_from,
  b.guest_id,
  b.guests,
  b.check_in,
  b.check_out,
  date_diff('day', b.check_in, b.check_out) as nights,
  b.booked_at,
  b.status,
  b.channel,
  b.currency,
  b.amount,
  case when b.status = 'cancelled' then 0.00 else b.amount end as revenue,
  p.nightly_price as list_price,
  p.currency as list_currency
from {bookings} b
left join {properties_history} p
  on p.property_id = b.property_id
  and p.valid_from <= b.booked_at
  and (p.valid_to is null or p.valid_to > b.booked_at)
left join {hosts_history} h
  on h.host_id = p.host_id
  and h.valid_from <= b.booked_at
  and (h.valid_to is null or h.valid_to > b.booked_at)
