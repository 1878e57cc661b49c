-- value/components/recommendation_reviews.sql: reviews, who gave them, and the customers who say that reviews brought them, with what they are worth
with reviewed as (
    select customer_id from ledger_contacts where date <= $as_of and list_contains($reviews, lower(trim(purpose)))
    union all
    select customer_id from ledger_activities where date <= $as_of and list_contains($reviews, lower(trim(driver)))
),

given as (select reviewed.customer_id from reviewed inner join judged on reviewed.customer_id = judged.customer_id),

came as (
    select (judged.past + judged.clv)::decimal(18, 2) as worth
    from ledger_customers as records
    inner join judged on records.customer_id = judged.customer_id
    inner join rhythm_now on records.customer_id = rhythm_now.customer_id
    where list_contains($channels, lower(trim(records.channel)))
)

select
    (select count(*) from given) as reviews,
    (select count(distinct customer_id) from given) as customers,
    count(*) as came,
    sum(worth)::double as worth
from came
