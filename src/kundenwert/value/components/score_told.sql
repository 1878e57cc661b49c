-- value/components/score_told.sql: what a reader must know of the points of all
select
    (select count(*) from score_sums) as customers,
    (select count(score) from score_sums) as rated,
    (select count(distinct customer_id) from criterion_points where is_unpermitted) as not_permitted
