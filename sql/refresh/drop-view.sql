-- Drops a mart that was a view and is to be a table, or a view of silver that its contract does not ask for any more.
-- target: the view
-- Run by: refresh-gold, of a mart as the holder of its lease.
drop view if exists {target}
