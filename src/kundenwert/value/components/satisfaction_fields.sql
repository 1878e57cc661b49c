-- value/components/satisfaction_fields.sql: customers and money of each field of value and satisfaction
select
    component_satisfaction.satisfaction_field as field,
    count(*) as customers,
    sum(judged.value) as value,
    sum(judged.clv) as clv
from component_satisfaction
inner join judged using (customer_id)
where component_satisfaction.satisfaction_field is not null
group by component_satisfaction.satisfaction_field
order by field
