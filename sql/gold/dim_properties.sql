-- Versions of properties, without their addresses: each holds from valid_from until before valid_to, the present one has
-- none. The member 'unknown' stands for what a property was at a time of which nothing has arrived.
-- sources: properties
-- refresh: key property_id
-- key: property_id, valid_from
-- dirty properties: select property_id from {changed}
select
  property_id,
  valid_from,
  valid_to,
  is_current,
  host_id,
  name,
  property_type,
  city,
  country,
  capacity,
  nightly_price,
  currency
from {properties_history}
union all
select
  'unknown',
  timestamp '1900-01-01 00:00:00.000000',
  cast(null as timestamp(6)),
  true,
  'unknown',
  'unknown',
  'unknown',
  'unknown',
  'unknown',
  cast(null as integer),
  cast(null as decimal(12, 2)),
  cast(null as varchar)
