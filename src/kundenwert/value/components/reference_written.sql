-- value/components/reference_written.sql: the potential of each customer and what it is worth in a year, below zero for those who warn others
select
    customer_id,
    reference_potential,
    (reference_potential * $rate::double * $volume::double)::decimal(18, 2) as reference_value,
    case when is_counted and $is_counted::boolean then 'counted' else 'assumed' end as reference_basis
from reference_potentials
