-- Part of the statements of an undo: what the other files give for the identities in `affected`, of each the row that
-- silver would have if the file had never come. The order is that of the MERGE, over all files instead of those of a batch.
-- staged: rows of the other files, as silver has them    columns: their names
-- identity: columns of a row's identity    first: the order in which one of several rows is chosen
select {columns}
from (
  select
    {columns},
    row_number() over (partition by {identity} order by {first}) as meta_rank
  from ({staged})
  where ({identity}) in (select {identity} from affected)
)
where meta_rank = 1
