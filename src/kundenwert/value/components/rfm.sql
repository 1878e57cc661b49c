-- value/components/rfm.sql: quintile scores: ceil(parts x rank / n), rank from the worst, equal values share the highest of their ranks
with ranked as (
    select
        customer_id,
        count(*) over () as n,
        count(*) over (order by days desc range between unbounded preceding and current row) as recency,
        count(*) over (order by orders range between unbounded preceding and current row) as frequency,
        count(*) over (order by money range between unbounded preceding and current row) as money
    from rfm_known
),

scored as (
    select
        customer_id,
        (($parts * recency + n - 1) // n)::tinyint as rfm_recency,
        (($parts * frequency + n - 1) // n)::tinyint as rfm_frequency,
        (($parts * money + n - 1) // n)::tinyint as rfm_money
    from ranked
)

select
    customer_id,
    concat(rfm_recency, rfm_frequency, rfm_money) as rfm,
    rfm_recency,
    rfm_frequency,
    rfm_money
from scored
