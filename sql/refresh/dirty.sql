-- The values of a mart's refresh column whose rows may have changed since the mart was last built.
-- statements: one SELECT for each changed source, before and after the change, joined by union all
-- most: one more than are worth naming one by one
-- Run by: refresh-gold, as a statement of its own, since it reads old snapshots.
select distinct dirty
from (
  {statements}
) as touched (dirty)
limit :most
