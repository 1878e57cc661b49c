-- value/components/nothing_added.sql: a value definition that adds no component
select '' as customer_id, 0::decimal(18, 2) as added where false
