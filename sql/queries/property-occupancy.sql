-- Occupancy of the properties of a month by city; where a property is, is taken from its present version.
-- Run by: analysts; tributary query --file sql/queries/property-occupancy.sql --param month:date=2026-03-01
with days as (
  select property_id, max(available_nights) as available_nights, max(occupied_nights) as occupied_nights
  from {gold}.property_occupancy
  where month = :month
  group by property_id
)
select
  coalesce(p.country, 'unknown') as country,
  coalesce(p.city, 'unknown') as city,
  count(*) as properties,
  sum(d.available_nights) as available_nights,
  sum(d.occupied_nights) as occupied_nights,
  cast(1.0000 * sum(d.occupied_nights) / nullif(sum(d.available_nights), 0) as decimal(9, 4)) as occupancy
from days d
left join {silver}.properties_current p on p.property_id = d.property_id
group by coalesce(p.country, 'unknown'), coalesce(p.city, 'unknown')
order by country, city
