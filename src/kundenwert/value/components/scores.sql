-- value/components/scores.sql: scores.parquet: one row a customer and criterion, criterion after criterion, each sorted by customer. A criterion
-- without weight has rows only where something is known
select
    customer_id,
    criterion,
    points::double as points,
    provenance,
    share as weight,
    basis,
    facts[1] as fact_1,
    facts[2] as fact_2,
    facts[3] as fact_3
from criterion_points
where weight > 0 or provenance <> 'missing'
