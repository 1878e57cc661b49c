-- value/components/potential.sql: what each customer could bring in a year, beside what it brings. An estimate in the customer records comes
-- first, else the benchmark of comparable customers. The gap earns the customer's own share of contribution, with fewer
-- than $least_purchases purchases in the year that of all customers
with estimated as (
    select customer_id, potential, potential_source, potential_date
    from ledger_customers
    where potential > 0 and (potential_date is null or potential_date <= $as_of::date)
),

stated as (
    select
        component_peers.customer_id,
        revenue_year,
        estimated.potential,
        estimated.potential_date,
        case
            when estimated.potential is not null then coalesce(nullif(trim(estimated.potential_source), ''), 'assumption')
            when peer_revenue is not null then 'peers'
        end as source,
        case
            when coalesce(estimated.potential, peer_revenue) is not null
                then greatest(coalesce(estimated.potential, peer_revenue), revenue_year)
        end::decimal(18, 2) as potential_revenue,
        contribution_year.* exclude (customer_id)
    from component_peers
    inner join contribution_year using (customer_id)
    left join estimated using (customer_id)
),

base as (
    select
        nullif(sum(revenue_year), 0)::double as revenue,
        sum(db1_year)::double as db1,
        sum(db2_year)::double as db2,
        sum(db3_year)::double as db3,
        sum(db4_year)::double as db4
    from stated
),

-- times: of which contribution the gap brings how much: the own one of the year, or that of all customers.
stretched as (
    select
        stated.*,
        (potential_revenue - revenue_year)::decimal(18, 2) as gap_revenue,
        purchase_days >= $least_purchases and revenue_year > 0 as is_own,
        if(is_own, (potential_revenue - revenue_year) / revenue_year, (potential_revenue - revenue_year) / base.revenue)::double as times,
        if(is_own, db1_year, base.db1)::double as from1,
        if(is_own, db2_year, base.db2)::double as from2,
        if(is_own, db3_year, base.db3)::double as from3,
        if(is_own, db4_year, base.db4)::double as from4
    from stated
    cross join base
),

brought as (
    select
        *,
        (db1_year + (times * from1)::decimal(18, 2))::decimal(18, 2) as potential_db1,
        (db2_year + (times * from2)::decimal(18, 2))::decimal(18, 2) as potential_db2,
        (db3_year + (times * from3)::decimal(18, 2))::decimal(18, 2) as potential_db3,
        (db4_year + (times * from4)::decimal(18, 2))::decimal(18, 2) as potential_db4
    from stretched
),

open_offers as (
    select potential_offers.customer_id, sum(potential_offers.amount::double * potential_chances.chance)::decimal(18, 2) as opportunities
    from potential_offers
    inner join potential_chances using (stage)
    where potential_offers.standing = 'open' and potential_chances.chance is not null
    group by potential_offers.customer_id
),

measured as (
    select
        brought.*,
        open_offers.opportunities,
        if(db1_year is null, gap_revenue, potential_db1 - db1_year)::decimal(18, 2) as gap
    from brought
    left join open_offers using (customer_id)
)

select
    customer_id,
    potential_revenue,
    source as potential_source,
    case when source = 'peers' and potential is null then $as_of::date else potential_date end as potential_date,
    (revenue_year / potential)::double as share_of_wallet,
    gap_revenue,
    db1_year,
    db2_year,
    db3_year,
    db4_year,
    potential_db1,
    potential_db2,
    potential_db3,
    potential_db4,
    gap,
    (gap * $reach::decimal(9, 6))::decimal(18, 2) as gap_within_reach,
    opportunities
from measured
order by customer_id
