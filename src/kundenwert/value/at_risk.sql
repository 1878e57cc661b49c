-- value/at_risk.sql: valuable customers whose gap is longer than their own 90 % quantile; loss = what their absence puts at stake
with judged as (
    select
        valued_customers.*,
        ($as_of::date - valued_customers.last_purchase)::integer as gap_days,
        forecasts.usual_gap as usual_gap_days,
        coalesce(clv::double, valued_customers.expected_purchases) / nullif(valued_customers.p_alive, 0) as if_alive
    from valued_customers
    inner join forecasts
        on valued_customers.frequency = forecasts.frequency
        and valued_customers.recency = forecasts.recency
        and valued_customers."T" = forecasts.t
    where level = 'customer' and valued_customers.p_alive is not null
),

bounded as (
    select *, (select quantile_cont(if_alive, 0.8) from judged) as top_fifth from judged
)

select
    customer_id,
    first_purchase,
    last_purchase,
    frequency,
    revenue,
    p_alive,
    expected_purchases,
    expected_purchases_lower,
    expected_purchases_upper,
    expected_revenue,
    clv,
    clv_lower,
    clv_upper,
    value,
    level,
    gap_days,
    usual_gap_days,
    case when clv is null then if_alive else if_alive::decimal(18, 2)::double end as clv_if_alive,
    if_alive - coalesce(clv::double, expected_purchases) as loss,
    count(*) over () as found,
    sum(if_alive - coalesce(clv::double, expected_purchases)) over () as found_loss
from bounded
where gap_days > usual_gap_days and if_alive >= top_fifth
order by loss desc, customer_id
limit $count
