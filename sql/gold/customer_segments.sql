-- Customers by recency, frequency and money (RFM), in each currency by itself since amounts do not add up across them.
-- Scores are quintiles, 5 is best; customers who are equal in a figure have the same score of it, the lower one, so that no
-- order of rows decides. Recency counts back from the last purchase of anybody in that currency, so that no clock decides
-- either.
-- sources: customer_spending
-- refresh: view
with scored as (
  select
    customer_id,
    currency,
    region,
    plan,
    purchases,
    spent,
    last_purchase_date,
    date_diff('day', last_purchase_date, max(last_purchase_date) over (partition by currency)) as recency_days,
    cast(1 + floor(5 * (rank() over (partition by currency order by last_purchase_date) - 1)
      / count(*) over (partition by currency)) as integer) as recency_score,
    cast(1 + floor(5 * (rank() over (partition by currency order by purchases) - 1)
      / count(*) over (partition by currency)) as integer) as frequency_score,
    cast(1 + floor(5 * (rank() over (partition by currency order by spent) - 1)
      / count(*) over (partition by currency)) as integer) as money_score
  from {customer_spending}
)
select
  customer_id,
  currency,
  region,
  plan,
  purchases,
  spent,
  last_purchase_date,
  recency_days,
  recency_score,
  frequency_score,
  money_score,
  case
    when recency_score >= 4 and frequency_score >= 4 and money_score >= 4 then 'champion'
    when recency_score >= 3 and frequency_score >= 3 then 'loyal'
    when recency_score >= 4 then 'recent'
    when recency_score <= 2 and (frequency_score >= 4 or money_score >= 4) then 'at risk'
    when recency_score <= 2 then 'lapsed'
    else 'regular'
  end as segment
from scored
