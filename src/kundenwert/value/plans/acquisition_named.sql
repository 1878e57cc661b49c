-- value/plans/acquisition_named.sql: the names with their codes
select key, code, name from plan_names order by key, code
