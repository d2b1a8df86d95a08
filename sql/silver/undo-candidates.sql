-- Of these files, how many rows each has, and how many of them would take the place of a row that an undo takes out if
-- there were no other files. A file that has none of those has nothing to give back, whatever other files there are.
-- stages: stage_id of the files' rows    staged: the same with identity and version    affected: see undo-affected
-- identity: columns of a row's identity    first: the order in which one of several rows is chosen
-- Run by: plan-undo and undo-file, for as many files at a time as one statement can name.
select
  stage_id,
  sum(staged_rows) as staged_rows,
  sum(first_rows) as first_rows
from (
  select stage_id, count(*) as staged_rows, 0 as first_rows
  from ({stages})
  group by stage_id
  union all
  select stage_id, 0, count(*)
  from (
    select
      stage_id,
      row_number() over (partition by {identity} order by {first}) as meta_rank
    from ({staged})
    where ({identity}) in ({affected})
  )
  where meta_rank = 1
  group by stage_id
)
group by stage_id
