-- value/customer_list/listed.sql: who stands in the customer list and with what, by customer number. Who objected and the row of erased
-- persons stand in no list. Who came since the run before was worth nothing then
with valued as (
    select
        *,
        case when level = 'customer' and p_alive > 0 then coalesce(clv::double, expected_purchases) / p_alive end as if_alive
    from list_columns
    where level <> 'objected' and customer_id <> $erased
),

joined as (
    select
        valued.* exclude (level, if_alive),
        case when list_contains(getvariable('collective')::varchar[], customer_id) then 'collective' else level end as level,
        past + clv_lower as value_lower,
        past + clv_upper as value_upper,
        nullif(trim(name), '') as name,
        nullif(trim(city), '') as city,
        nullif(trim(region), '') as region,
        nullif(trim(industry), '') as industry,
        nullif(trim(segment), '') as segment,
        nullif(trim(account_manager), '') as account_manager,
        contribution_year,
        contribution_year < 0 as loss_maker,
        case when alert then loss end as at_stake,
        coalesce(alert and if_alive >= (select quantile_cont(if_alive, 0.8) from valued), false) as at_risk,
        value - case when first_purchase > $earlier_as_of::date then coalesce(value_before, 0) else value_before end as change,
        frequency + 1 as purchases,
        revenue_year,
        quarter_1,
        quarter_2,
        quarter_3,
        quarter_4,
        quarter_5,
        quarter_6,
        quarter_7,
        quarter_8
    from valued
    left join list_records using (customer_id)
    left join list_contribution using (customer_id)
    left join list_earlier using (customer_id)
    left join list_quarters using (customer_id)
)

select
    (row_number() over (order by customer_id) - 1)::integer as row,
    *
from joined
order by customer_id
