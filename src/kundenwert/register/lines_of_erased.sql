-- register/lines_of_erased.sql: how many lines belong to erased persons, and the money of all lines
select count(*) filter (where customer_id = 'erased') as erased, coalesce(sum(amount), 0)::decimal(38, 6) as amount from lines
