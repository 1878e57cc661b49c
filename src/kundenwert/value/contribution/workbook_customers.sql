-- value/contribution/workbook_customers.sql: each customer of the period with every step (what is taken off stands with a minus), the
-- last step a year earlier, its places and the main cause of a loss. reason: why it has no row of its own in a workbook: it objected,
-- it holds the money of erased persons, or it lies between the $half best and the $half worst
with totals as (
    select
        customer_id,
        sum(gross)::decimal(18, 2) as gross,
        -sum(discount)::decimal(18, 2) as discount,
        -sum(bonus)::decimal(18, 2) as bonus,
        sum(revenue)::decimal(18, 2) as revenue,
        -sum(cash_discount)::decimal(18, 2) as cash_discount,
        sum(net)::decimal(18, 2) as net,
        -sum(goods)::decimal(18, 2) as goods,
        sum(db1)::decimal(18, 2) as db1,
        -sum(marketing)::decimal(18, 2) as marketing,
        sum(db2)::decimal(18, 2) as db2,
        -sum(sales)::decimal(18, 2) as sales,
        sum(db3)::decimal(18, 2) as db3,
        -sum(service)::decimal(18, 2) as service,
        -sum(logistics)::decimal(18, 2) as logistics,
        sum(db4)::decimal(18, 2) as db4,
        sum(estimated)::decimal(18, 2) as estimated,
        sum(assumed)::decimal(18, 2) as assumed,
        sum(orders)::decimal(18, 2) as orders,
        sum(visits)::decimal(18, 2) as visits,
        sum("returns")::decimal(18, 2) as "returns",
        sum(complaints)::decimal(18, 2) as complaints
    from contribution
    where unallocated is null and ($year::integer is null or "year" = $year)
    group by customer_id
),

earlier as (
    select customer_id, sum(coalesce(db4, db1))::decimal(18, 2) as last_step_before
    from contribution
    where unallocated is null and "year" = $before::integer
    group by customer_id
),

causes as (
    select customer_id, if(excess > 0, cause, 'none') as cause, greatest(excess, 0) as excess
    from loss_causes
    where place = 1
),

apart as (
    select customer_id, any_value(reason) as reason
    from (
        select customer_id, 'objected' as reason from left_out
        union all
        select $erased::varchar as customer_id, 'erased' as reason
    )
    group by customer_id
),

placed as (
    select
        totals.*,
        earlier.last_step_before,
        causes.cause,
        causes.excess::decimal(18, 2) as excess,
        ranks.rank_revenue,
        if(totals.db4 is null, ranks.rank_db1, ranks.rank_db4) as rank_last_step,
        apart.reason as apart,
        row_number() over (partition by apart.reason is null order by coalesce(totals.db4, totals.db1) desc, totals.customer_id) as place,
        count(*) over (partition by apart.reason is null) as listed
    from totals
    inner join ranks using (customer_id)
    left join earlier using (customer_id)
    left join causes using (customer_id)
    left join apart using (customer_id)
)

select
    * exclude (apart, listed),
    coalesce(apart, if(place > $half and place <= listed - $half, 'between', null)) as reason
from placed
