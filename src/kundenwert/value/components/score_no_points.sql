-- value/components/score_no_points.sql: the points of no criterion at all
select
    '' as customer_id,
    '' as criterion,
    0::smallint as place,
    null::decimal(9, 6) as points,
    '' as provenance,
    0::decimal(12, 6) as weight,
    0::double as share,
    false as is_money,
    0::decimal(18, 6) as tariff,
    false as is_unpermitted,
    '' as basis,
    null::double[] as facts
where false
