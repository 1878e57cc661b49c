-- base/features_table.sql: the features as a run keeps them, sorted by customer as its other tables are
select * from features order by customer_id
