-- A property as it was at an instant (UTC) by what is known today; no row if nothing is known of that time, or it was not
-- let.
-- Run by: analysts; tributary query --file sql/queries/property-at.sql --param property=PR-0001
--     --param "at:timestamp=2026-03-01 12:00:00"
select
  p.property_id,
  p.valid_from,
  p.valid_to,
  p.host_id,
  h.is_superhost as host_is_superhost,
  p.property_type,
  p.city,
  p.country,
  p.nightly_price,
  p.currency
from {silver}.properties_history p
left join {silver}.hosts_history h
  on h.host_id = p.host_id
  and h.valid_from <= :at
  and (h.valid_to is null or h.valid_to > :at)
where p.property_id = :property
  and p.valid_from <= :at
  and (p.valid_to is null or p.valid_to > :at)
