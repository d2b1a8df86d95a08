-- Each dataset day by day: files, how many of them were taken, their size, the share of rejected rows, the share of
-- checks (rows times rules) that were passed, and files unlike those before them.
-- Run by: analysts; tributary query --file sql/queries/quality-trend.sql --param since:date=2026-01-01
select
  dataset,
  day,
  count(*) as files,
  count_if(outcome = 'rejected') as refused,
  round(100e0 * count_if(outcome = 'done') / count(*), 2) as upload_success_percent,
  sum(size) as bytes,
  approx_percentile(size, 0.5e0) as median_bytes,
  sum(rows_in) as rows_in,
  round(100e0 * sum(rows_rejected) / nullif(sum(rows_in), 0), 3) as rejected_percent,
  round(
    100e0 - 100e0 * sum(reduce(rules, 0e0, (sum, rule) -> sum + rule.rows_broken, sum -> sum))
      / nullif(sum(reduce(rules, 0e0, (sum, rule) -> sum + rule.rows_checked, sum -> sum)), 0),
    3
  ) as checks_passed_percent,
  count_if(cardinality(anomalies) > 0) as unusual_files,
  round(approx_percentile(drop_to_gold_seconds, 0.95e0), 1) as drop_to_gold_p95_seconds
from {ops}.files
where day >= :since
group by dataset, day
order by dataset, day
