-- register/count_erased.sql: how many rows of a table are those of persons who are not yet in the row of erased ones
select count(*) as found from scrubbed where is_erased(customer_id) and customer_id::varchar <> 'erased'
