-- value/plans/lines.sql: the lines of a plan, in their order
select * from plan_lines
