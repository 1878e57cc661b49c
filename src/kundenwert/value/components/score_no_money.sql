-- value/components/score_no_money.sql: nobody whose points could be told in money
select '' as customer_id, null::decimal(18, 2) as money, null::decimal(18, 2) as lower, null::decimal(18, 2) as upper where false
