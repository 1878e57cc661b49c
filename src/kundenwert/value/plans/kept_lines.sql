-- value/plans/kept_lines.sql: the first lines of a plan that still hold, in their order, with name and address of whom they mean
with records as (
    select
        customer_id::varchar as customer_id,
        any_value(name) as name,
        any_value(street) as street,
        any_value(postcode) as postcode,
        any_value(city) as city,
        any_value(email) as email,
        any_value(phone) as phone,
        any_value(account_manager) as account_manager
    from records_now
    group by customer_id
)

select plan_columns.*, records.* exclude (customer_id)
from plan_columns
left join records using (customer_id)
where plan_columns.record not in (select record from plan_struck)
order by plan_columns.record
limit $most
