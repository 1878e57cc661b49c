-- tables/lines_by_number.sql: tables/lines_by_customer.sql for ids that are whole numbers from 0 on, which sort faster than texts
select
    lines_held.* exclude (bookable),
    repeated.record is not null as is_duplicate
from lines_held
left join repeated using (file_id, record)
where bookable
order by place_among_texts(customer_id), customer_id, day, file_id, record
