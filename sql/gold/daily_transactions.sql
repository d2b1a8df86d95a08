-- Transactions of each day (UTC), type and currency: how many, how much, and of how many customers. Only what is posted
-- counts; customers who have not arrived do, too.
-- sources: transactions
-- refresh: partition transaction_date
-- key: transaction_date, type, currency
-- dirty transactions: select cast(transaction_ts as date) from {changed}
select
  cast(transaction_ts as date) as transaction_date,
  type,
  currency,
  count(*) as transactions,
  count(distinct customer_id) as customers,
  sum(amount) as amount
from {transactions}
where status = 'posted'
group by cast(transaction_ts as date), type, currency
