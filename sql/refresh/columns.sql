-- No rows, but the columns of a mart's SELECT: asked when its definition has changed.
-- select: the mart
-- Run by: refresh-gold.
select * from ({select}) where false
