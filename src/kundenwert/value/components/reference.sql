-- value/components/reference.sql: contacts x opinion leadership x satisfaction factor, times what a contact brings. What is missing is null
with known as (
    select
        judged.customer_id,
        coalesce(records.network::double, $contacts::double) as contacts,
        records.network is not null as is_counted,
        rated.points / 10 as leadership,
        case
            when satisfied.satisfaction >= $neutral then (satisfied.satisfaction - $neutral) / (10 - $neutral)
            else (satisfied.satisfaction - $neutral) / $neutral
        end as factor
    from judged
    inner join rated on judged.customer_id = rated.customer_id
    inner join component_satisfaction as satisfied on judged.customer_id = satisfied.customer_id
    left join ledger_customers as records on judged.customer_id = records.customer_id
)

select
    customer_id,
    contacts * leadership * factor as reference_potential,
    is_counted
from known
where contacts is not null
