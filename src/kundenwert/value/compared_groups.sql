-- value/compared_groups.sql: customers in both runs, new and gone ones: how many, and what they are worth in each run
select
    found,
    count(*) as customers,
    count(*) filter (where is_changed) as changed,
    coalesce(sum((expected_before * 1000000)::bigint), 0)::double / 1000000 as expected_before,
    coalesce(sum((expected_after * 1000000)::bigint), 0)::double / 1000000 as expected_after,
    sum(past_before)::decimal(18, 2) as past_before,
    sum(past_after)::decimal(18, 2) as past_after,
    sum(clv_before)::decimal(18, 2) as clv_before,
    sum(clv_after)::decimal(18, 2) as clv_after,
    sum(value_before)::decimal(18, 2) as value_before,
    sum(value_after)::decimal(18, 2) as value_after
from compared
group by found
order by found
