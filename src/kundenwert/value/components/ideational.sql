-- value/components/ideational.sql: the money of the criteria with a tariff, of whom it is known
select customer_id, score_money as ideational_value from component_score where score_money is not null
