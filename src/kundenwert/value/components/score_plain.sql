-- value/components/score_plain.sql: points as a rule gives them
select customer_id, points, facts, is_weak from criterion_found where points is not null
