-- value/has_parts_of_cents.sql: whether any amount is not whole cents
select coalesce(bool_or(amount * 100 <> floor(amount * 100)), false) as found from unrounded
