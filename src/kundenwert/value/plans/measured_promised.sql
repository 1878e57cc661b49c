-- value/plans/measured_promised.sql: the gain a plan had promised of those who are compared
select coalesce(sum(gain), 0)::double as gain from plan_lines where compared
