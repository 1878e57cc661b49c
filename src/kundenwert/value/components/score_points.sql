-- value/components/score_points.sql: points of one criterion; code: what they rest on (see `criterion_list`)
select
    row_place,
    $place::smallint as place,
    code::smallint as code,
    nullif(points, 'nan'::double)::decimal(9, 6) as points,
    nullif(fact_1, 'nan'::double) as fact_1,
    nullif(fact_2, 'nan'::double) as fact_2,
    nullif(fact_3, 'nan'::double) as fact_3
from criterion_loaded
