-- Drops a mart whose definition has got other columns; it is made anew at once.
-- target: the gold table
-- Run by: refresh-gold, as the holder of the mart's lease.
drop table if exists {target}
