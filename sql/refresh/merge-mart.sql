-- Brings the dirty part of a mart up to date in one commit: changed rows are updated, new ones inserted, rows that are
-- no longer computed deleted. Repeating it changes nothing.
-- target: the gold table    fresh: the mart's SELECT, restricted to the dirty values    key: key columns
-- columns: all columns      guarded: the same, failing on a null key    existing: condition on the target's rows
-- same_key: equality of f and e    merged_columns: columns of both sides    match: equality of t and s
-- changed: some column differs     assignments, values: all columns       prune: condition on the target's rows
-- Run by: refresh-gold, as the holder of the mart's lease.
merge into {target} t
using (
  with fresh as (
    select {guarded}, true as meta_present
    from ({fresh})
  ),
  existing as (
    select {key} from {target} {existing}
  )
  select {merged_columns}, f.meta_present is null as meta_gone
  from fresh f
  full join existing e on {same_key}
) s
on {match} {prune}
when matched and s.meta_gone then delete
when matched and ({changed}) then update set {assignments}
when not matched and not s.meta_gone then insert ({columns}) values ({values})
