-- value/components/cross_selling_baskets.sql: who has bought what as known on three days: the as-of day, $span days before, and as many before that.
-- Owned: more pieces bought than given back until then. Taken up: owned before, no; bought within the span, yes. contribution: of what was
-- taken up within the last span
with summed as (
    select
        place,
        group_place,
        coalesce(sum(piece) filter (where age < $span), 0) as since,
        coalesce(sum(piece) filter (where age >= $span and age < 2 * $span), 0) as earlier,
        coalesce(sum(piece) filter (where age >= 2 * $span), 0) as long_ago,
        sum(contribution) filter (where age < $span) as contribution
    from cross_selling_lines
    where group_place is not null
    group by place, group_place
)

select
    place,
    group_place,
    since + earlier + long_ago > 0 as owned_now,
    earlier + long_ago > 0 as owned_then,
    long_ago > 0 as owned_before,
    since > 0 and not owned_then as taken_since,
    earlier > 0 and not owned_before as taken_then,
    contribution
from summed
