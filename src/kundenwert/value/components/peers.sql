-- value/components/peers.sql: each customer beside the customers it can be compared with: the narrowest group that is large enough.
-- Who bought nothing within the year, or is known for less than a year, is no benchmark and has none
with described as (
    select *, list_filter($names::varchar[], lambda name: attributes[list_position($names::varchar[], name)] is not null) as known
    from peers_year
    where is_whole_year and revenue_year > 0
),

-- A customer is compared by the first of its known attributes: all of them, all but the last ..., none.
wanted as (
    select customer_id, known[1:step] as compared
    from (select customer_id, known, unnest(range(len(known) + 1)) as step from described)
),

kinds as (
    select distinct compared from wanted
),

-- Members of a group are all who have its values, whatever else is known of them.
placed as (
    select
        described.customer_id,
        described.revenue_year,
        kinds.compared,
        list_transform(kinds.compared, lambda name: attributes[list_position($names::varchar[], name)]) as cells
    from described
    inner join kinds on list_has_all(described.known, kinds.compared)
),

benchmarks as (
    select compared, cells, count(*) as peers, quantile_disc(revenue_year, $quantile::double)::decimal(18, 2) as peer_revenue
    from placed
    group by compared, cells
    having count(*) >= $least
),

found as (
    select
        placed.customer_id,
        placed.compared,
        placed.cells,
        benchmarks.peers,
        benchmarks.peer_revenue
    from placed
    inner join wanted using (customer_id, compared)
    inner join benchmarks using (compared, cells)
    qualify row_number() over (partition by placed.customer_id order by len(placed.compared) desc) = 1
)

select
    peers_year.customer_id,
    peers_year.revenue_year,
    if(len(found.compared) = 0, 'all', array_to_string(found.compared, ', ')) as peer_attributes,
    array_to_string(found.cells, ', ') as peer_group,
    found.peers,
    found.peer_revenue,
    case when found.peer_revenue is not null then greatest(found.peer_revenue - peers_year.revenue_year, 0) end::decimal(18, 2) as peer_gap
from peers_year
left join found using (customer_id)
