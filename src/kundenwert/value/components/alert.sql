-- value/components/alert.sql: customers with a repeat purchase whose silence is longer than their own usual gap, and what is at stake
with silent as (
    select
        judged.customer_id,
        $now - rhythm_now.last_day as silence,
        rhythm_now.usual_gap,
        judged.clv,
        judged.p_alive
    from judged
    inner join rhythm_now using (customer_id)
    where judged.level = 'customer'
)

select
    customer_id,
    silence > usual_gap as alert,
    case when silence > usual_gap then ceil(silence - usual_gap)::integer end as days_overdue,
    -- Cents of a residual value below one unit of money divided by a tiny chance would be a number of chance.
    case when abs(clv) >= 1 and p_alive > 0 then (clv::double / p_alive - clv::double)::decimal(18, 2) end as loss
from silent
where usual_gap is not null
