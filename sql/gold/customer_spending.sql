-- What each customer has bought, ever, by currency, net of refunds: the rollup under customer_segments. Region and plan are
-- today's, 'unknown' until the customer arrives. Only what is posted counts.
-- sources: transactions, customers
-- refresh: key customer_id
-- key: customer_id, currency
-- dirty transactions: select customer_id from {changed}
-- dirty customers: select customer_id from {changed}
select
  t.customer_id,
  t.currency,
  coalesce(max(c.region), 'unknown') as region,
  coalesce(max(c.plan), 'unknown') as plan,
  count_if(t.type = 'purchase') as purchases,
  sum(case when t.type = 'purchase' then t.amount else -t.amount end) as spent,
  min(case when t.type = 'purchase' then cast(t.transaction_ts as date) end) as first_purchase_date,
  max(case when t.type = 'purchase' then cast(t.transaction_ts as date) end) as last_purchase_date
from {transactions} t
left join {customers} c on c.customer_id = t.customer_id
where t.status = 'posted' and t.type in ('purchase', 'refund')
group by t.customer_id, t.currency
having count_if(t.type = 'purchase') > 0
