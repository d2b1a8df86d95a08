-- Drops a mart that was a view and is to be a table.
-- target: the view
-- Run by: refresh-gold, as the holder of the mart's lease.
drop view if exists {target}
