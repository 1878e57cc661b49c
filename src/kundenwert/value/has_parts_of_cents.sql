-- value/has_parts_of_cents.sql: whether any revenue is not whole cents
select coalesce(bool_or(revenue * 100 <> floor(revenue * 100)), false) as found from customers
