-- value/components/rhythm_quarters.sql: purchases between the first and the last by quarter of the year, beside the days of each quarter in
-- between: without a season they would fall there by chance, wherever the customer began and left
with days as (
    select unnest(range((select min(first_day) from rhythm_now), (select max(last_day) from rhythm_now) + 1))::integer as day
),

calendar as (
    select
        day,
        count(*) filter (where quarter(date '1970-01-01' + day) = 1) over until_day as q1,
        count(*) filter (where quarter(date '1970-01-01' + day) = 2) over until_day as q2,
        count(*) filter (where quarter(date '1970-01-01' + day) = 3) over until_day as q3,
        count(*) filter (where quarter(date '1970-01-01' + day) = 4) over until_day as q4
    from days
    window until_day as (order by day rows unbounded preceding)
),

between_ends as (
    select
        number,
        count(*) filter (where quarter(date '1970-01-01' + purchases_now.day) = 1) as n1,
        count(*) filter (where quarter(date '1970-01-01' + purchases_now.day) = 2) as n2,
        count(*) filter (where quarter(date '1970-01-01' + purchases_now.day) = 3) as n3,
        count(*) filter (where quarter(date '1970-01-01' + purchases_now.day) = 4) as n4
    from purchases_now
    inner join rhythm_now using (number)
    where n > 1 and purchases_now.day < rhythm_now.last_day
    group by number
)

select
    number,
    (row_number() over (order by number) - 1)::integer as place,
    n1,
    n2,
    n3,
    n4,
    ends.q1 - starts.q1 as d1,
    ends.q2 - starts.q2 as d2,
    ends.q3 - starts.q3 as d3,
    ends.q4 - starts.q4 as d4
from between_ends
inner join rhythm_now using (number)
inner join calendar as starts on rhythm_now.first_day = starts.day
inner join calendar as ends on rhythm_now.last_day - 1 = ends.day
