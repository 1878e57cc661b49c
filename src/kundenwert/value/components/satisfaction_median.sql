-- value/components/satisfaction_median.sql: the value in the middle of the customers with a purchase left
select median(coalesce(value::double, expected_purchases)) as value from judged where level <> 'none'
