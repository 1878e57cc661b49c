-- value/components/recommendation_handled.sql: customers by how a complaint was handled, and how many of them bought again afterwards.
-- Each customer counts once each way, with the first complaint that was handled so
with settled as (
    select customer_id, is_settled, arg_min(was_followed, (day, complaint)) as was_followed
    from followed_complaints
    where is_settled is not null
    group by customer_id, is_settled
),

handled as (
    select customer_id, is_well, arg_min(was_followed, (day, complaint)) as was_followed
    from followed_complaints
    where is_well is not null
    group by customer_id, is_well
)

select 'settled' as name, count(*) as customers, count(*) filter (where was_followed) as again from settled where is_settled
union all
select 'not_settled', count(*), count(*) filter (where was_followed) from settled where not is_settled
union all
select 'well', count(*), count(*) filter (where was_followed) from handled where is_well
union all
select 'badly', count(*), count(*) filter (where was_followed) from handled where not is_well
