-- value/components/score_told.sql: what a reader must know of the points of all; code 4: rated without a note of a permission
select
    (select count(*) from score_sums) as customers,
    (select count(score) from score_sums) as rated,
    (select count(distinct row_place) from criterion_points where code = 4) as not_permitted
