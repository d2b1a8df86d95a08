-- Products by revenue over all days, best first; name and category are today's, null while the product is not known.
-- sources: daily_product_sales, products
-- refresh: view
select
  rank() over (order by sum(s.revenue) desc) as place,
  s.product_id,
  max(p.name) as name,
  max(p.category) as category,
  sum(s.orders) as orders,
  sum(s.units) as units,
  sum(s.revenue) as revenue
from {daily_product_sales} s
left join {products} p on p.product_id = s.product_id
group by s.product_id
