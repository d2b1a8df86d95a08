-- Rewrites the small files of an Iceberg table, and those with many deleted rows, into large ones; readers see no change.
-- target: the table
-- Run by: maintain-tables, as the holder of the table's lease.
optimize {target} rewrite data using bin_pack
