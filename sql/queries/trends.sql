-- How transactions develop between two days (UTC), both included: each day beside the seven days that end with it and the
-- seven before those. Days without transactions of a kind have no row, and count as nothing in the sums.
-- Run by: analysts; tributary query --file sql/queries/trends.sql --param first:date=2026-03-01
--     --param last:date=2026-03-31
with sums as (
  select
    transaction_date,
    type,
    currency,
    transactions,
    amount,
    sum(amount) over (
      partition by type, currency
      order by transaction_date
      range between interval '6' day preceding and current row
    ) as week,
    sum(amount) over (
      partition by type, currency
      order by transaction_date
      range between interval '13' day preceding and interval '7' day preceding
    ) as week_before
  from {gold}.daily_transactions
  where transaction_date between :first - interval '13' day and :last
)
select
  transaction_date,
  type,
  currency,
  transactions,
  amount,
  week,
  week_before,
  cast(100.00 * (week - week_before) / nullif(week_before, 0) as decimal(18, 2)) as percent_change
from sums
where transaction_date >= :first
order by type, currency, transaction_date
