-- base/rhythms/log.sql: the first day on which anybody bought whom models see
select min(first_day) as first_day
from customers
where frequency is not null and not is_collective
