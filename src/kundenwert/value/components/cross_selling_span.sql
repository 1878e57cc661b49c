-- value/components/cross_selling_span.sql: how many days of lines there are up to the as-of day
select ($as_of::date - date '1970-01-01' - min(day) + 1)::integer as days
from booked
where day <= $as_of::date - date '1970-01-01'
