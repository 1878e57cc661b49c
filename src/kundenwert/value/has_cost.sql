-- value/has_cost.sql: whether any line up to the as-of day has a cost; an empty column tells nothing
select count(cost) > 0 as found from booked where day <= $as_of
