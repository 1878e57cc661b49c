-- value/components/points_of.sql: the points of one customer, in the order of the criteria
select * from scores where customer_id = $customer
