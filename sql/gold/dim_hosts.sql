-- Versions of hosts, without names and addresses: each holds from valid_from until before valid_to, the present one has
-- none. The member 'unknown' stands for hosts that have not arrived, or not at that time.
-- sources: hosts
-- refresh: key host_id
-- key: host_id, valid_from
-- dirty hosts: select host_id from {changed}
select
  host_id,
  valid_from,
  valid_to,
  is_current,
  country,
  is_superhost
from {hosts_history}
union all
select 'unknown', timestamp '1900-01-01 00:00:00.000000', cast(null as timestamp(6)), true, 'unknown', false
