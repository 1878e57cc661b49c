-- value/components/contracts_ages.sql: of each tariff with a fee how many contracts ended at an age of so many months, and how many run at it
select
    tariff,
    age,
    count(*) filter (where is_over) as ended,
    count(*) filter (where not is_over) as running
from contracts_known
where fee > 0
group by tariff, age
order by tariff, age
