-- tables/lines_by_customer.sql: the booked lines sorted by customer, with the columns that a file has
select
    lines_held.* exclude (bookable) replace (customer_id::varchar as customer_id),
    repeated.record is not null as is_duplicate
from lines_held
left join repeated using (file_id, record)
where bookable
order by customer_id, day, file_id, record
