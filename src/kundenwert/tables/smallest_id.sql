-- tables/smallest_id.sql: the smallest of ids that are whole numbers
select coalesce(min(customer_id), 0)::bigint as smallest from read_lines
