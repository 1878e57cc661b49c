-- base/with_feature.sql: the features so far, and one more
select * from features_before left join feature using (customer_id)
