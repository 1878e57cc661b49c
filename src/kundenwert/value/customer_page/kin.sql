-- value/customer_page/kin.sql: who stands directly above and below one customer in its group, and beside it
select customer_id, name, city, account_manager, case
    when customer_id = $parent then 'above'
    when parent_id = $customer then 'below'
    else 'beside'
end as place
from page_records
where customer_id <> $customer and (customer_id = $parent or parent_id = $customer or parent_id = $parent)
order by place, customer_id
limit $most
