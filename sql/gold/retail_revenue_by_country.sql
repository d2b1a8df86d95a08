-- Invoice lines, units and revenue of each day and country of the online shop. Cancellations are lines with negative
-- quantities, so that revenue is net of them.
-- sources: online_retail
-- refresh: partition invoice_day
-- key: invoice_day, country
-- dirty online_retail: select cast(invoice_date as date) from {changed}
select
  cast(invoice_date as date) as invoice_day,
  country,
  count(*) as lines,
  count(distinct invoice_no) as invoices,
  sum(quantity) as units,
  sum(quantity * unit_price) as revenue
from {online_retail}
group by cast(invoice_date as date), country
