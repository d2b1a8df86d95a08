-- Files whose size, number of rows or share of rejected rows left the band that the files of their dataset before them
-- span, the newest first. Their rows are in the lake: `tributary undo FILE_ID` takes them out.
-- Run by: analysts; tributary query --file sql/queries/file-anomalies.sql --param since:date=2026-01-01
select
  file.dataset,
  file.last_modified,
  file.key,
  anomaly.measure,
  anomaly.value,
  anomaly.low,
  anomaly.high,
  anomaly.median,
  anomaly.files as learned_from,
  file.file_id
from {ops}.files as file
cross join unnest(file.anomalies) as anomaly (measure, value, low, high, median, files)
where file.day >= :since
order by file.last_modified desc, file.key, anomaly.measure
