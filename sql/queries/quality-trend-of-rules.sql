-- The share of rows that passed each rule of a dataset, day by day. Days on which nobody broke the rule are there too.
-- Run by: analysts; tributary query --file sql/queries/quality-trend-of-rules.sql --param dataset=orders --param since:date=2026-01-01
select
  file.day,
  rule.name as rule,
  rule.severity,
  sum(rule.rows_broken) as rows_broken,
  round(100e0 * (1 - cast(sum(rule.rows_broken) as double) / nullif(sum(rule.rows_checked), 0)), 3) as pass_percent
from {ops}.files as file
cross join unnest(file.rules) as rule (
  name, column_name, rule, severity, origin, description, rows_broken, rows_checked, pass_percent
)
where file.dataset = :dataset
  and file.day >= :since
group by file.day, rule.name, rule.severity
order by rule, file.day
