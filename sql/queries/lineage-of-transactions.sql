-- Where a figure of daily_transactions comes from: each transaction behind it, and the file and record that its present
-- version was in. The file is kept as it came: bronze_key in the lake's bucket.
-- Run by: analysts; tributary query --file sql/queries/lineage-of-transactions.sql --param day:date=2026-03-01
--     --param type=purchase --param currency=EUR
select
  g.transaction_date,
  g.type,
  g.currency,
  g.amount as figure,
  t.transaction_id,
  t.amount as contributes,
  t.meta_file_id as file_id,
  f.key,
  f.version_id,
  f.bronze_key,
  t.meta_record as record,
  t.meta_batch_seq as batch_seq,
  f.run
from {gold}.daily_transactions g
join {silver}.transactions t
  on cast(t.transaction_ts as date) = g.transaction_date
  and t.type = g.type
  and t.currency = g.currency
  and t.status = 'posted'
  and not t.meta_deleted
left join {ops}.files f
  on f.dataset = 'transactions'
  and f.file_id = t.meta_file_id
where g.transaction_date = :day
  and cast(t.transaction_ts as date) = :day
  and g.type = :type
  and g.currency = :currency
order by t.transaction_id
