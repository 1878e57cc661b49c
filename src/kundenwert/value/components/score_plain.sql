-- value/components/score_plain.sql: points as a rule gives them
select row_place, points, fact_1, fact_2, fact_3, is_weak from criterion_placed where points is not null
