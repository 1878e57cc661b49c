-- register/erased_rows.sql: the rows of erased persons in a table of a run: few
select * from scrubbed where is_erased(customer_id)
