-- Rows whose parent has not arrived, for each reference of the contracts. flag: the rows count, under 'unknown'; hold: they
-- wait, and count when the parent arrives. Reads all tables that refer to each other: before the first file of one of them
-- take its lines out.
-- Run by: analysts; tributary query --file sql/queries/orphans.sql
select 'orders.customer_id' as reference, 'flag' as on_orphan, count(*) as orphans, count(distinct customer_id) as missing,
  min(customer_id) as example
from {silver}.orders
where not meta_deleted and customer_id not in (select customer_id from {silver}.customers)
union all
select 'orders.product_id', 'flag', count(*), count(distinct product_id), min(product_id)
from {silver}.orders
where not meta_deleted and product_id not in (select product_id from {silver}.products)
union all
select 'events.customer_id', 'flag', count(*), count(distinct customer_id), min(customer_id)
from {silver}.events
where not meta_deleted and customer_id not in (select customer_id from {silver}.customers)
union all
select 'transactions.customer_id', 'flag', count(*), count(distinct customer_id), min(customer_id)
from {silver}.transactions
where not meta_deleted and customer_id not in (select customer_id from {silver}.customers)
union all
select 'properties.host_id', 'flag', count(*), count(distinct host_id), min(host_id)
from {silver}.properties_current
where host_id not in (select host_id from {silver}.hosts)
union all
select 'bookings.property_id', 'hold', count(*), count(distinct property_id), min(property_id)
from {silver}.bookings_held
order by 1
