-- Creates or replaces a mart that is a view.
-- target: the view    select: the mart
-- Run by: refresh-gold, when the mart's definition has changed.
create or replace view {target} as
{select}
