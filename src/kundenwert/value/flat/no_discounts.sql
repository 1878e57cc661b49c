-- value/flat/no_discounts.sql: no cash discount, where contribution is not known
select null::varchar as customer_id, null::date as date, null::decimal(18, 6) as amount where false
