-- value/components/score_points.sql: points of one criterion: from data, else from ratings, else missing; code: what they rest on (see
-- `criterion_list`). Of natural persons, and of whom nothing tells to be a company, no rating counts where only companies are judged
with told as (
    select
        customers.row_place,
        $companies_only::boolean and customers.is_private as is_barred,
        data.points as of_data,
        data.fact_1,
        data.fact_2,
        data.fact_3,
        coalesce(data.is_weak, false) as is_weak,
        case when rated.people >= $least and ($natural_persons::boolean or not customers.is_natural) then rated.points end as of_people,
        rated.people::double as people,
        coalesce(rated.is_permitted, false) as has_note,
        not $natural_persons::boolean and rated.people is not null and coalesce(customers.is_natural, true) as is_unheard
    from criterion_customers as customers
    left join criterion_data as data on customers.row_place = data.row_place
    left join criterion_ratings as rated on customers.row_place = rated.row_place and rated.criterion = $criterion
),

decided as (
    select
        *,
        case
            when is_barred then 5
            when of_data is not null and of_people is not null and $combines::boolean then 2
            when of_data is not null and not (is_weak and of_people is not null) then 1
            when of_people is not null and $permission::boolean and not has_note then 4
            when of_people is not null then 3
            when is_unheard then 5
            when people is not null then 6
            else 7
        end as code
    from told
)

select
    row_place,
    $place::smallint as place,
    code::smallint as code,
    (case when code = 1 then of_data when code = 2 then (of_data + of_people) / 2 when code in (3, 4) then of_people end)::decimal(9, 6)
        as points,
    case when code = 1 then fact_1 when code in (2, 3, 4, 6) then people end as fact_1,
    case when code = 1 then fact_2 when code = 6 then $least::double end as fact_2,
    case when code = 1 then fact_3 end as fact_3
from decided
