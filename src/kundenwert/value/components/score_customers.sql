-- value/components/score_customers.sql: who is judged, in order, with what the records say of being a person; null where nothing tells
with persons as (
    select
        customer_id,
        bool_or(is_natural_person(kind, legal_form, name)) as is_natural,
        bool_or(kind = 'b2c' or (kind is null and coalesce(is_natural_person(kind, legal_form, name), false))) as is_private
    from ledger_customers
    group by customer_id
)

select
    row_number() over (order by judged.customer_id) as row_place,
    judged.customer_id,
    persons.is_natural,
    coalesce(persons.is_private, false) as is_private
from judged
left join persons on judged.customer_id = persons.customer_id
order by row_place
