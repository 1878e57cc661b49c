-- value/components/score_no_data.sql: a criterion that no data tell anything of
select '' as customer_id, null::double as points, null::double[] as facts, false as is_weak where false
