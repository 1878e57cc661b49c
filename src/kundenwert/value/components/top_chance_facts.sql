-- value/components/top_chance_facts.sql: how many customers were compared; how sure the top by expected value is: how many of its members are
-- expected in it, and how many have less than an even chance; and how many are as good as certain
with placed as (
    select
        component_top_chance.top_tenth_chance as chance,
        row_number() over (order by judged.clv desc, judged.customer_id) <= round($share * count(*) over ()) as is_top
    from component_top_chance
    inner join judged using (customer_id)
)

select
    count(*) as customers,
    count(*) filter (where is_top) as top,
    round((coalesce(sum((chance * 1000000)::bigint) filter (where is_top), 0) / 1000000)::double, 1) as top_expected,
    count(*) filter (where is_top and chance < 0.5) as top_unsure,
    count(*) filter (where chance >= 0.9) as certain
from placed
