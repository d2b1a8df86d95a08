-- Customers as they are today, without names and addresses, and the member 'unknown', which stands for those who have not
-- arrived.
-- sources: customers
-- refresh: key customer_id
-- key: customer_id
-- dirty customers: select customer_id from {changed}
select
  customer_id,
  region,
  country,
  plan,
  signed_up_on,
  updated_at
from {customers}
union all
select 'unknown', 'unknown', 'unknown', 'unknown', cast(null as date), cast(null as timestamp(6))
