-- value/criteria/price.sql: what customers pay of the list price against what others pay for the same
select
    customer_id,
    null::double as points,
    [round(price_against_peers, 9)] as measures,
    [price_realisation, price_against_peers] as facts,
    false as is_weak
from criterion_features
where price_against_peers is not null
