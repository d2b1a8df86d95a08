-- Products as they are today, and the member 'unknown', which stands for those that have not arrived.
-- sources: products
-- refresh: key product_id
-- key: product_id
-- dirty products: select product_id from {changed}
select
  product_id,
  name,
  category,
  unit_price,
  updated_at
from {products}
union all
select 'unknown', 'unknown', 'unknown', cast(null as decimal(12, 2)), cast(null as timestamp(6))
