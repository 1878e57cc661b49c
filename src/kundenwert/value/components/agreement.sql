-- value/components/agreement.sql: the best and the worst place of each customer, and by which measure
select
    agreement_customers.customer_id,
    nullif(agreement_ranks.best, 0) as rank_best,
    ($names::varchar[])[agreement_ranks.best_by + 1] as rank_best_by,
    nullif(agreement_ranks.worst, 0) as rank_worst,
    ($names::varchar[])[agreement_ranks.worst_by + 1] as rank_worst_by
from agreement_customers
inner join agreement_ranks using (place)
