-- value/components/score_no_points.sql: the points of no criterion at all
select
    0::bigint as row_place,
    0::smallint as place,
    0::smallint as code,
    null::decimal(9, 6) as points,
    null::double as fact_1,
    null::double as fact_2,
    null::double as fact_3
where false
