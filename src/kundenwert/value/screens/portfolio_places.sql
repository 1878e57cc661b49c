-- value/screens/portfolio_places.sql: where some customers stand on both axes, in this run and in the earlier one
select
    fields_now.customer_id,
    fields_now.field,
    fields_now.attractiveness,
    fields_now.position,
    fields_before.field as field_before,
    fields_before.attractiveness as attractiveness_before,
    fields_before.position as position_before
from fields_now
left join fields_before using (customer_id)
where fields_now.customer_id in (select unnest($wanted::varchar[]))
