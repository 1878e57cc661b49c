-- value/components/rhythm_facts.sql: the rhythm of the base in a few figures. groups: product groups sold in the last 365 days
select
    count(*) filter (where purchases_year > 0) as bought_in_year,
    median(median_gap) as median_gap,
    count(median_gap) as with_median_gap,
    count(season_quarter) as with_season,
    count(season_p) as tested_for_season,
    max(product_groups) as most_groups,
    median(product_groups) filter (where purchases_year > 0) as median_groups,
    count(*) filter (where next_purchase <= date '1970-01-01' + ($now + 30)::integer) as due_in_30_days
from component_rhythm
