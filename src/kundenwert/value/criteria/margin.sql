-- value/criteria/margin.sql: expected contribution within the horizon: expected purchases times the contribution of one, which is clv
-- over discounted purchases
with told as (
    select
        judged.customer_id,
        case
            when customer_forecasts.discounted_purchases > 0
                then judged.clv::double * judged.expected_purchases / customer_forecasts.discounted_purchases
            else 0
        end as expected
    from judged
    inner join customer_forecasts on judged.customer_id = customer_forecasts.customer_id::varchar
    where judged.frequency is not null and judged.clv is not null
)

select customer_id, null::double as points, [round(expected, 2)] as measures, [expected] as facts, false as is_weak
from told
