-- Expires snapshots older than the table keeps them, and removes files that no snapshot names.
-- target: the table
-- Run by: maintain-tables, as the holder of the table's lease.
vacuum {target}
