-- Every rule of a dataset: how many rows of its files broke it since a day, the share that passed, and the file that
-- broke it most. Refused files count as well.
-- Run by: analysts; tributary query --file sql/queries/data-quality.sql --param dataset=orders --param since:date=2026-01-01
select
  rule.name as rule,
  rule.severity,
  count(*) as files,
  sum(rule.rows_checked) as rows_checked,
  sum(rule.rows_broken) as rows_broken,
  round(100e0 * (1 - cast(sum(rule.rows_broken) as double) / nullif(sum(rule.rows_checked), 0)), 3) as pass_percent,
  max_by(file.key, rule.rows_broken) filter (where rule.rows_broken > 0) as worst_file,
  max(rule.description) as description
from {ops}.files as file
cross join unnest(file.rules) as rule (
  name, column_name, rule, severity, origin, description, rows_broken, rows_checked, pass_percent
)
where file.dataset = :dataset
  and file.day >= :since
group by rule.name, rule.severity
order by rows_broken desc, rule
