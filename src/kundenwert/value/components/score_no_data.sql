-- value/components/score_no_data.sql: a criterion that no data tell anything of
select
    0::bigint as row_place,
    null::double as points,
    null::double as fact_1,
    null::double as fact_2,
    null::double as fact_3,
    false as is_weak
where false
