-- value/criteria/payment.sql: days after the due day and disputes; without any invoice that fell due nothing is known
select
    customer_id,
    greatest(0, 10 - days_beyond_terms / 6 - 10 * coalesce(disputed_share, 0)) as points,
    null::double[] as measures,
    [days_beyond_terms, coalesce(disputed_share, 0)] as facts,
    false as is_weak
from criterion_features
where days_beyond_terms is not null
