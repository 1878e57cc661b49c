-- value/components/peers.sql: each customer beside the customers it can be compared with: the narrowest group that is large enough.
-- Who bought nothing within the year, or is known for less than a year, is no benchmark and has none. There are few combinations of
-- attributes, so it is settled by them who is compared with whom
with members as (
    select customer_id, revenue_year, combination from peers_year where is_whole_year and revenue_year > 0
),

combinations as (
    select
        combination,
        list_transform(
            $names::varchar[],
            lambda name: case name
                when 'industry' then any_value(industry)
                when 'region' then any_value(region)
                when 'kind' then any_value(kind)
                when 'segment' then any_value(segment)
                when 'size' then any_value(size)
            end
        ) as attributes,
        list_filter($names::varchar[], lambda name: attributes[list_position($names::varchar[], name)] is not null) as known
    from peers_year
    where is_whole_year and revenue_year > 0
    group by combination
),

-- A customer is compared by the first of its known attributes: all of them, all but the last ..., none.
kinds as (
    select distinct known[1:step] as compared
    from (select known, unnest(range(len(known) + 1)) as step from combinations)
),

-- Members of a group are all who have its values, whatever else is known of them.
cells as (
    select
        combinations.combination,
        combinations.known,
        kinds.compared,
        list_transform(kinds.compared, lambda name: combinations.attributes[list_position($names::varchar[], name)]) as "values"
    from combinations
    inner join kinds on list_has_all(combinations.known, kinds.compared)
),

numbered as (
    select *, dense_rank() over (order by compared, "values") as cell from cells
),

benchmarks as (
    select numbered.cell, count(*) as peers, quantile_disc(members.revenue_year, $quantile::double)::decimal(18, 2) as peer_revenue
    from members
    inner join numbered using (combination)
    group by numbered.cell
    having count(*) >= $least
),

found as (
    select
        numbered.combination,
        if(len(numbered.compared) = 0, 'all', array_to_string(numbered.compared, ', ')) as peer_attributes,
        array_to_string(numbered."values", ', ') as peer_group,
        benchmarks.peers,
        benchmarks.peer_revenue
    from numbered
    inner join benchmarks using (cell)
    where numbered.compared = numbered.known[1:len(numbered.compared)]
    qualify row_number() over (partition by numbered.combination order by len(numbered.compared) desc) = 1
)

select
    peers_year.customer_id,
    peers_year.revenue_year,
    found.peer_attributes,
    found.peer_group,
    found.peers,
    found.peer_revenue,
    case when found.peer_revenue is not null then greatest(found.peer_revenue - peers_year.revenue_year, 0) end::decimal(18, 2) as peer_gap
from peers_year
left join found
    on peers_year.combination = found.combination and peers_year.is_whole_year and peers_year.revenue_year > 0
order by peers_year.customer_id
