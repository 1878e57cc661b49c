-- value/components/reference_counted.sql: who came in the last 12 months on the word of a customer with a potential, the sum of these
-- potentials, and what recommended customers are worth. Who was recommended by several counts for the first
with came as (
    select
        customer_id,
        arg_min(recommender_id, (coalesce(date, date '0001-01-01'), recommender_id)) as recommender_id,
        min(date) as date
    from ledger_referrals
    where coalesce(date, date '0001-01-01') <= $as_of and recommender_id is not null and recommender_id <> customer_id
    group by customer_id
),

bought as (
    select came.*, (judged.past + judged.clv)::decimal(18, 2) as value
    from came
    inner join judged on came.customer_id = judged.customer_id and judged.first_purchase is not null
)

select
    count(*) as recommended,
    sum(value)::double / count(value) as volume,
    count(*) filter (
        where bought.date > $as_of::date - interval 12 month and potentials.reference_potential > 0
    ) as came_in_year,
    (select sum(reference_potential::decimal(28, 9)) from reference_potentials where reference_potential > 0)::double as potential
from bought
left join reference_potentials as potentials on bought.recommender_id = potentials.customer_id
