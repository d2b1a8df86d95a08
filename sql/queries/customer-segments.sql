-- Segments of customers by recency, frequency and money (RFM): how many customers, what they spent, and their share of the
-- money in their currency. The customers themselves are in {gold}.customer_segments.
-- Run by: analysts; tributary query --file sql/queries/customer-segments.sql
select
  currency,
  segment,
  count(*) as customers,
  sum(purchases) as purchases,
  sum(spent) as spent,
  cast(100.00 * sum(spent) / nullif(sum(sum(spent)) over (partition by currency), 0) as decimal(38, 2)) as percent_of_spent,
  min(recency_days) as least_recency_days,
  max(recency_days) as most_recency_days
from {gold}.customer_segments
group by currency, segment
order by currency, spent desc, segment
