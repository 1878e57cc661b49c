-- base/rhythms/numbered.sql: the customers that models see, each with a number: what follows joins by it
select
    *,
    row_number() over ()::integer as number
from customers
where frequency is not null and not is_collective
