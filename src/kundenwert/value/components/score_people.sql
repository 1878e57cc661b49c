-- value/components/score_people.sql: who is a person, in the order of the places; null where nothing tells
select is_private::integer as is_private, is_natural::integer as is_natural from criterion_customers order by row_place
