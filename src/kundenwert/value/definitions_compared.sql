-- value/definitions_compared.sql: measures of the same customers by two definitions, of those who may be judged in both
select
    runs_one.customer_id,
    runs_one.value as value_one,
    runs_other.value as value_other,
    runs_one.clv as clv_one,
    runs_other.clv as clv_other,
    runs_one.expected_purchases as expected_purchases_one,
    runs_other.expected_purchases as expected_purchases_other,
    runs_one.score as score_one,
    runs_other.score as score_other
from runs_one
inner join runs_other using (customer_id)
where runs_one.level in ('customer', 'segment') and runs_other.level in ('customer', 'segment')
order by customer_id
