-- value/components/score_next_year.sql: score on an earlier day and what was booked in the days after it; lines without cost take the margin
-- of the base, without any margin money is revenue
with came as (
    select
        customer_id::varchar as customer_id,
        sum(coalesce(amount - cost, (amount::double * coalesce($margin::double, 1))::decimal(18, 6)))::double as money
    from booked
    where day > $cut::date - date '1970-01-01' and day <= $cut::date - date '1970-01-01' + $days::integer
    group by customer_id
)

select sums.score, coalesce(came.money, 0) as money
from score_sums as sums
left join came on sums.customer_id = came.customer_id
where sums.score is not null
order by sums.customer_id
