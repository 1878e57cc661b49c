-- value/components/score_points.sql: points of one criterion: from data, else from ratings, else missing, with what they rest on
with rated as (
    select customer_id, points, people, is_permitted from criterion_ratings where criterion = $criterion
),

told as (
    select
        customers.row_place,
        customers.customer_id,
        ($companies_only::boolean and customers.is_private) as is_barred,
        data.points as of_data,
        data.facts,
        coalesce(data.is_weak, false) as is_weak,
        -- Of natural persons, and of whom nothing tells to be a company, no judgement counts where only companies are judged.
        case when rated.people >= $least and ($natural_persons::boolean or not customers.is_natural) then rated.points end as of_people,
        rated.people,
        coalesce(rated.is_permitted, false) as has_note,
        not $natural_persons::boolean and rated.people is not null and coalesce(customers.is_natural, true) as is_unheard
    from criterion_customers as customers
    left join criterion_data as data on customers.customer_id = data.customer_id
    left join rated on customers.customer_id = rated.customer_id
),

decided as (
    select
        *,
        case
            when is_barred then 'missing'
            when of_data is not null and of_people is not null and $combines::boolean then 'both'
            when of_data is not null and not (is_weak and of_people is not null) then 'data'
            when of_people is not null then 'rating'
            else 'missing'
        end as provenance
    from told
)

select
    customer_id,
    $criterion::varchar as criterion,
    $place::smallint as place,
    (case provenance when 'data' then of_data when 'rating' then of_people when 'both' then (of_data + of_people) / 2 end)::decimal(9, 6)
        as points,
    provenance,
    $weight::decimal(12, 6) as weight,
    $share::double as share,
    $is_money::boolean as is_money,
    -- A name that must not be used brings no money.
    case when not $permission::boolean or has_note then $tariff::decimal(18, 6) else 0 end as tariff,
    $permission::boolean and provenance in ('rating', 'both') and not has_note as is_unpermitted,
    case
        when is_barred or (provenance = 'missing' and is_unheard) then $of_barred
        when provenance = 'data' then $of_data
        when provenance = 'both' then $of_both
        when provenance = 'rating' and $permission::boolean and not has_note then $of_unpermitted
        when provenance = 'rating' then $of_ratings
        when people is not null then $of_too_few
        else $of_missing
    end as basis,
    case
        when is_barred then null
        when provenance = 'data' then facts
        when people is not null and provenance = 'missing' then [people::double, $least::double]
        when people is not null then [people::double]
    end as facts
from decided
order by row_place
