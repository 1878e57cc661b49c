-- value/plans/repair_contribution.sql: the customer result of the run
select * from run_contribution
