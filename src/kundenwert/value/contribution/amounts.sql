-- value/contribution/amounts.sql: the last known step of each customer over the period, for the whale curve
select coalesce(db4, db1)::double as amount from period
