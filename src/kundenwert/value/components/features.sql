-- value/components/features.sql: the features of the customers of a run, in any order
select * from features
