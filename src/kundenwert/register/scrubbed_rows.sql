-- register/scrubbed_rows.sql: a table without the rows of erased persons, in its order
select * from scrubbed where not is_erased(customer_id)
