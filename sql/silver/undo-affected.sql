-- Part of the statements of an undo: the identities that taking a file out bears on. Those of the rows that silver has of
-- it, and those of the rows that it brought, also where a newer version has taken their place.
-- target: the silver table    identity: columns of a row's identity    owned: the row is the file's
-- brought: union with the file's staged rows, or nothing
select {identity}
from {target} t
where {owned}
{brought}
