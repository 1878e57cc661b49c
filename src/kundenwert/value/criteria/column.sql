-- value/criteria/column.sql: a column that a project has chosen, the larger the better unless its sign is turned
select
    judged.customer_id,
    null::double as points,
    [round($sign * criterion_column.value, 9)] as measures,
    [criterion_column.value] as facts,
    false as is_weak
from criterion_column
inner join judged on criterion_column.customer_id = judged.customer_id
where criterion_column.value is not null and isfinite(criterion_column.value)
