-- value/components/lifecycle_kept.sql: the stage of each customer
select * from stages_now
order by customer_id
