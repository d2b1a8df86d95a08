-- Part of the statements of a rollback: the rows in which a silver table and one of its snapshots differ, each side of
-- them, or null where that side has no such row. The number of the commit that wrote a row is no difference.
-- target: the silver table    snapshot: id of the snapshot    old_columns: columns of the snapshot    columns: of silver
-- same: equality of o and n in a row's identity    identity: a column of it, never null
-- differs: some other column is not the same    select: what is asked of o, the old row, and n, the one of now
select {select}
from (
  select {old_columns}
  from {target} for version as of {snapshot}
) o
full join (
  select {columns}
  from {target}
) n
  on {same}
where o.{identity} is null
  or n.{identity} is null
  or {differs}
